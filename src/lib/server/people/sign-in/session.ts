import { DrizzlePostgreSQLAdapter } from '@lucia-auth/adapter-drizzle';
import { and, eq, gt, inArray } from 'drizzle-orm';
import { Lucia, TimeSpan, type Adapter, type DatabaseSession, type DatabaseUser } from 'lucia';
import { now } from '#lib/server/clock.ts';
import { db, handle, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { sessions } from '#lib/server/db/schema/people.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { actorOf, type Actor } from '../actor.ts';
import { accountForAdmin, standingOf } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { revokeMarks } from './known-devices.ts';

/** The cookie that holds the session id: HttpOnly, SameSite=Lax, Secure where the site is served by https. */
export const SESSION_COOKIE = 'sesi';

/** How long a session lives unused. It is prolonged in the second half of its life, so at most twice a week. */
const SESSION_DAYS = 7;

/**
 * Lucia's Drizzle adapter, told the SHA-256 of each session id in the id's place: who reads the database, or a copy of
 * it, can't sign in as anybody. (The ids hold 200 random bits, so a bare hash is enough.)
 */
class HashedSessions implements Adapter {
	readonly #rows: Adapter;

	constructor(rows: Adapter) {
		this.#rows = rows;
	}

	async getSessionAndUser(sessionId: string): Promise<[DatabaseSession | null, DatabaseUser | null]> {
		const [session, user] = await this.#rows.getSessionAndUser(sha256Hex(sessionId));
		// Lucia hands the id of what it got back in for prolonging and deleting: it has to be the browser's.
		return session ? [{ ...session, id: sessionId }, user] : [null, null];
	}
	getUserSessions(userId: string): Promise<DatabaseSession[]> {
		return this.#rows.getUserSessions(userId);
	}
	setSession(session: DatabaseSession): Promise<void> {
		return this.#rows.setSession({ ...session, id: sha256Hex(session.id) });
	}
	updateSessionExpiration(sessionId: string, expiresAt: Date): Promise<void> {
		return this.#rows.updateSessionExpiration(sha256Hex(sessionId), expiresAt);
	}
	deleteSession(sessionId: string): Promise<void> {
		return this.#rows.deleteSession(sha256Hex(sessionId));
	}
	deleteUserSessions(userId: string): Promise<void> {
		return this.#rows.deleteUserSessions(userId);
	}
	deleteExpiredSessions(): Promise<void> {
		return this.#rows.deleteExpiredSessions();
	}
}

let made: { of: unknown; lucia: Lucia } | undefined;

function lucia(): Lucia {
	const { database } = handle();
	if (made?.of !== database) {
		const rows = new DrizzlePostgreSQLAdapter(database, sessions, accounts);
		made = {
			of: database,
			lucia: new Lucia(new HashedSessions(rows), { sessionExpiresIn: new TimeSpan(SESSION_DAYS, 'd') })
		};
	}
	return made.lucia;
}

/** Opens a session of an account whose password was proved. */
export async function openSession(accountId: string): Promise<{ sessionId: string; expiresAt: Date }> {
	const session = await lucia().createSession(accountId, {});
	return { sessionId: session.id, expiresAt: session.expiresAt };
}

export interface SignedIn {
	actor: Actor;
	accountId: string;
	expiresAt: Date;
	/** The session was just prolonged: the browser's cookie has to follow. */
	fresh: boolean;
}

/** Who holds this session; undefined if it ended or the account was switched off. */
export async function sessionActor(sessionId: string): Promise<SignedIn | undefined> {
	const { session } = await lucia().validateSession(sessionId);
	if (!session) return undefined;
	const actor = await actorOf(session.userId);
	if (!actor) {
		await lucia().invalidateSession(sessionId);
		return undefined;
	}
	return { actor, accountId: session.userId, expiresAt: session.expiresAt, fresh: session.fresh };
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
	await lucia().invalidateSession(sessionId);
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
		const [account] = await tx.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, accountId));
		const [unitId] = await standingOf(tx, accountId);
		await endSessions(tx, accountId);
		const subject = account?.username ?? accountId;
		await recordChange(tx, actor, { unitId: unitId ?? null, action: 'account.signed_out_everywhere', subject });
	});
}

/** Deletes sessions that have run out; for the nightly housekeeping. */
export async function forgetDeadSessions(): Promise<void> {
	await lucia().deleteExpiredSessions();
}
