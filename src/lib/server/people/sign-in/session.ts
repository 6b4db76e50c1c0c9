import { and, eq, gt, inArray, lte } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import { actorOf, type Actor } from '../actor.ts';
import { aboutAccount, accountForAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { revokeMarks } from './known-devices.ts';

/** The cookie that holds the session id: HttpOnly, SameSite=Lax, Secure where the site is served by https. */
export const SESSION_COOKIE = 'sesi';

/** How long a session lives unused. It is prolonged in the second half of its life, so at most twice a week. */
const SESSION_MS = 7 * DAY_MS;

/** Opens a session of an account whose password was proved. The database holds only the hash of its id. */
export async function openSession(accountId: string): Promise<{ sessionId: string; expiresAt: Date }> {
	const sessionId = randomSecret();
	const expiresAt = new Date(now().getTime() + SESSION_MS);
	await db()
		.insert(sessions)
		.values({ id: sha256Hex(sessionId), userId: accountId, expiresAt });
	return { sessionId, expiresAt };
}

/**
 * Who holds this session; undefined if it ended or the account was switched off. `fresh`: it was just prolonged, so the
 * browser's cookie has to follow.
 */
export async function sessionActor(sessionId: string) {
	const itself = eq(sessions.id, sha256Hex(sessionId));
	const [session] = await db().select().from(sessions).where(itself);
	const actor = session && session.expiresAt > now() ? await actorOf(session.userId) : undefined;
	if (!session || !actor) {
		if (session) await db().delete(sessions).where(itself);
		return undefined;
	}
	const fresh = session.expiresAt.getTime() - now().getTime() < SESSION_MS / 2;
	const expiresAt = fresh ? new Date(now().getTime() + SESSION_MS) : session.expiresAt;
	if (fresh) await db().update(sessions).set({ expiresAt }).where(itself);
	return { actor, accountId: session.userId, expiresAt, fresh };
}

/** Those of the sessions that are not over. Asking prolongs none: a line that stands open is nobody's doing. */
export async function sessionsAlive(sessionIds: readonly string[]): Promise<Set<string>> {
	if (sessionIds.length === 0) return new Set();
	const byHash = new Map(sessionIds.map((id) => [sha256Hex(id), id]));
	const rows = await db()
		.select({ id: sessions.id })
		.from(sessions)
		.where(and(inArray(sessions.id, [...byHash.keys()]), gt(sessions.expiresAt, now())));
	return new Set(rows.flatMap(({ id }) => byHash.get(id) ?? []));
}

/** Ends one session; an unknown one is ended already. */
export async function signOut(sessionId: string): Promise<void> {
	await db()
		.delete(sessions)
		.where(eq(sessions.id, sha256Hex(sessionId)));
}

/**
 * Ends every session of an account in the caller's transaction, and makes its devices strangers: with a new password, or
 * when it is switched off or on.
 */
export async function endSessions(tx: Tx, accountId: string): Promise<void> {
	await tx.delete(sessions).where(eq(sessions.userId, accountId));
	await revokeMarks(tx, accountId);
}

/**
 * Ends every session of an account, on every device. A person may do it for the own account, an administrator for those
 * that are theirs; it is written to the log.
 */
export async function signOutEverywhere(actor: Actor, accountId: string): Promise<void> {
	await transaction(async (tx) => {
		if (actor.accountId !== accountId) await accountForAdmin(tx, actor, accountId, 'administered');
		await endSessions(tx, accountId);
		const about = await aboutAccount(tx, accountId);
		await recordChange(tx, actor, { ...about, action: 'account.signed_out_everywhere' });
	});
}

/** Deletes sessions that have run out; for the nightly housekeeping. */
export async function forgetDeadSessions(): Promise<void> {
	await db().delete(sessions).where(lte(sessions.expiresAt, now()));
}
