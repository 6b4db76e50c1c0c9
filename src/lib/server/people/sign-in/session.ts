import { and, eq, gt, inArray, lte } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import { accountColumns, actorFrom, type Actor } from '../actor.ts';
import { aboutAccount, accountForAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { revokeMarks } from './known-devices.ts';

/** Cookie with the session id: HttpOnly, SameSite=Lax, and Secure if the site is served by https. */
export const SESSION_COOKIE = 'sesi';

/** Lifetime of an unused session. It is extended in the second half of its lifetime, so at most twice a week. */
const SESSION_MS = 7 * DAY_MS;

/** Opens a session for an account whose password was verified. Only the hash of its id is stored. */
export async function openSession(accountId: string): Promise<{ sessionId: string; expiresAt: Date }> {
	const sessionId = randomSecret();
	const expiresAt = new Date(now().getTime() + SESSION_MS);
	await db()
		.insert(sessions)
		.values({ id: sha256Hex(sessionId), userId: accountId, expiresAt });
	return { sessionId, expiresAt };
}

/**
 * Returns the actor of a session; undefined if the session has expired or the account is inactive. `fresh`: the session
 * was just extended, so the browser's cookie must be renewed.
 */
export async function sessionActor(sessionId: string) {
	const itself = eq(sessions.id, sha256Hex(sessionId));
	const [found] = await db()
		.select({ expiresAt: sessions.expiresAt, active: accounts.active, account: accountColumns })
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.userId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(itself);
	if (!found) return undefined;
	if (found.expiresAt <= now() || !found.active) {
		await db().delete(sessions).where(itself);
		return undefined;
	}
	const actor = await actorFrom(found.account);
	const fresh = found.expiresAt.getTime() - now().getTime() < SESSION_MS / 2;
	const expiresAt = fresh ? new Date(now().getTime() + SESSION_MS) : found.expiresAt;
	if (fresh) await db().update(sessions).set({ expiresAt }).where(itself);
	return { actor, accountId: found.account.accountId, expiresAt, fresh };
}

/** Returns the sessions that have not expired, without extending them: an open connection is no activity. */
export async function activeSessions(sessionIds: readonly string[]): Promise<Set<string>> {
	if (sessionIds.length === 0) return new Set();
	const byHash = new Map(sessionIds.map((id) => [sha256Hex(id), id]));
	const rows = await db()
		.select({ id: sessions.id })
		.from(sessions)
		.where(and(inArray(sessions.id, [...byHash.keys()]), gt(sessions.expiresAt, now())));
	return new Set(rows.flatMap(({ id }) => byHash.get(id) ?? []));
}

/** Ends one session; an unknown session is ignored. */
export async function signOut(sessionId: string): Promise<void> {
	await db()
		.delete(sessions)
		.where(eq(sessions.id, sha256Hex(sessionId)));
}

/**
 * Ends all sessions of an account and revokes its known devices, in the caller's transaction. Called for a new password
 * and when the account is deactivated or reactivated.
 */
export async function endSessions(tx: Tx, accountId: string): Promise<void> {
	await tx.delete(sessions).where(eq(sessions.userId, accountId));
	await revokeMarks(tx, accountId);
}

/**
 * Ends all sessions of an account on every device and logs it. Allowed for the account itself and for its
 * administrator.
 * @throws NotFound if the actor is neither
 */
export async function signOutEverywhere(actor: Actor, accountId: string): Promise<void> {
	await transaction(async (tx) => {
		if (actor.accountId !== accountId) await accountForAdmin(tx, actor, accountId, 'administered');
		await endSessions(tx, accountId);
		const about = await aboutAccount(tx, accountId);
		await recordChange(tx, actor, { ...about, action: 'account.signed_out_everywhere' });
	});
}

/** Nightly job: deletes expired sessions. */
export async function deleteExpiredSessions(): Promise<void> {
	await db().delete(sessions).where(lte(sessions.expiresAt, now()));
}
