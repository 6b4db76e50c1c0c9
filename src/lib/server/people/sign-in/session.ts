import { and, desc, eq, gt, inArray, lte, ne, sql } from 'drizzle-orm';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { builtOnce, db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { logFailedWrite } from '#lib/server/db/free-space.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { providerIdentities, secondFactors, sessions } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import { accountColumns, actorFrom, isPresentRecord, type Actor } from '../actor.ts';
import { aboutAccount, accountForAdmin, ofHighestUnit } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { revokeMarks, type MarkedAccount } from './known-devices.ts';
import { secondFactorRequired } from './second-factor-rule.ts';

/** Lifetime of an unused session. It is extended at most once an hour, so its end also says when it was last used. */
const SESSION_MS = 7 * DAY_MS;

/** A signed-in browser, without its secret. */
export interface Session {
	/** Hash of the id that the browser holds. */
	id: string;
	/** When the owner last typed the password, and the code if there is a second factor. */
	confirmedAt: Date;
	accountId: string;
	/** Sign-in asks the account for a code. */
	hasCode: boolean;
	/** The account is linked with an identity at the provider of single sign-on. */
	linked: boolean;
	/** The person has access to cases, and the site requires a second factor for that. */
	codeRequired: boolean;
	/** A second factor is required, and the person has none yet. */
	mustEnrol: boolean;
}

/**
 * Opens a session for an account whose owner was identified. Only the hash of its id is stored. `enter` logs it.
 * @param account as read before the owner was identified
 * @param userAgent the browser's own description, to show the owner a name of the device
 * @param confirmedAt when the owner typed their password; now, unless the identity provider asked for it
 * @returns also the name of the device and the highest unit of the account, for the log
 * @throws NotFound if the account's sessions were ended since, or it is inactive
 */
export async function openSession(
	on: Database | Tx,
	{ id, markGeneration }: MarkedAccount,
	userAgent = '',
	confirmedAt = now()
) {
	const sessionId = randomSecret();
	const at = now();
	const expiresAt = new Date(at.getTime() + SESSION_MS);
	const isUnchanged = and(eq(accounts.id, id), eq(accounts.markGeneration, markGeneration), eq(accounts.active, true));
	// In one statement, which locks the account: `endSessions` either comes before it or finds the session.
	const account = on
		.$with('account')
		.as(on.update(accounts).set({ usedAt: at }).where(isUnchanged).returning({ id: accounts.id }));
	const session = sql`select ${sha256Hex(sessionId)}, id, ${expiresAt.toISOString()}::timestamptz,
		${deviceName(userAgent)}, ${confirmedAt.toISOString()}::timestamptz from ${account}`;
	const about = { device: sessions.device, unitId: ofHighestUnit('id', id) };
	return { sessionId, expiresAt, ...oneRow(await on.with(account).insert(sessions).select(session).returning(about)) };
}

const BROWSERS = /(Edg|OPR|SamsungBrowser|Firefox|FxiOS|CriOS|Chrome|Safari)/g;
const BROWSER_NAMES: Record<string, string> = {
	Edg: 'Edge',
	OPR: 'Opera',
	SamsungBrowser: 'Samsung Internet',
	FxiOS: 'Firefox',
	CriOS: 'Chrome'
};
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Macintosh', 'CrOS', 'Linux'];

/** `Chrome, Windows`; empty if the browser is unknown. Versions are left out: they would change while people are signed in. */
function deviceName(userAgent: string): string {
	const found: string[] = userAgent.match(BROWSERS) ?? [];
	// Most browsers also name Chrome or Safari, and their own name is rarer.
	const browser = Object.keys(BROWSER_NAMES).find((name) => found.includes(name)) ?? found[0] ?? '';
	const system = SYSTEMS.find((name) => userAgent.includes(name)) ?? '';
	return [BROWSER_NAMES[browser] ?? browser, system].filter(Boolean).join(', ');
}

const sessionRow = builtOnce((on) =>
	on
		.select({
			expiresAt: sessions.expiresAt,
			confirmedAt: sessions.confirmedAt,
			active: accounts.active,
			hasCode: sql<boolean>`exists (select from ${secondFactors} where ${secondFactors.accountId} = ${accounts.id}
				and ${secondFactors.enrolledAt} is not null)`,
			linked: sql<boolean>`exists (select from ${providerIdentities}
				where ${providerIdentities.accountId} = ${accounts.id})`,
			account: accountColumns
		})
		.from(sessions)
		.innerJoin(accounts, eq(accounts.id, sessions.accountId))
		.leftJoin(officers, isPresentRecord)
		.where(eq(sessions.id, sql.placeholder('id')))
		.prepare('session_row')
);

/**
 * Returns the actor of a session; undefined if the session has expired or the account is inactive. `fresh`: the session
 * was just extended, so the browser's cookie must be renewed.
 */
export async function sessionActor(sessionId: string) {
	const id = sha256Hex(sessionId);
	const itself = eq(sessions.id, id);
	const [found] = await sessionRow().execute({ id });
	if (!found) return undefined;
	if (found.expiresAt <= now() || !found.active) {
		await db().delete(sessions).where(itself);
		return undefined;
	}
	const actor = await actorFrom(found.account);
	const { accountId } = found.account;
	const fresh = found.expiresAt < fromNow(SESSION_MS - HOUR_MS);
	const expiresAt = fresh ? fromNow(SESSION_MS) : found.expiresAt;
	if (fresh) {
		await db().update(sessions).set({ expiresAt }).where(itself);
		await db().update(accounts).set({ usedAt: now() }).where(eq(accounts.id, accountId));
	}
	const { confirmedAt, hasCode, linked } = found;
	const { handler, supervisor } = actor.units;
	const codeRequired = handler.length + supervisor.length > 0 && (await secondFactorRequired());
	const mustEnrol = codeRequired && !hasCode;
	const session: Session = { id, accountId, confirmedAt, hasCode, linked, codeRequired, mustEnrol };
	return { actor, accountId, session, expiresAt, fresh };
}

/** Stores that the owner of a session typed the password again. */
export async function noteConfirmed(id: string): Promise<void> {
	await db().update(sessions).set({ confirmedAt: now() }).where(eq(sessions.id, id));
}

/** The sessions of an account that have not expired, last used first. */
export async function sessionsOf(accountId: string): Promise<{ id: string; device: string; usedAt: Date }[]> {
	const rows = await db()
		.select({ id: sessions.id, device: sessions.device, expiresAt: sessions.expiresAt })
		.from(sessions)
		.where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, now())))
		.orderBy(desc(sessions.expiresAt));
	return rows.map(({ expiresAt, ...row }) => ({ ...row, usedAt: new Date(expiresAt.getTime() - SESSION_MS) }));
}

/** Ends one of the actor's own sessions and logs it. A session that has ended already is ignored. */
export async function endOwnSession(actor: Actor, accountId: string, id: string): Promise<void> {
	await transaction(async (tx) => {
		const own = and(eq(sessions.id, id), eq(sessions.accountId, accountId));
		if ((await tx.delete(sessions).where(own).returning()).length === 0) return;
		await recordChange(tx, actor, { ...(await aboutAccount(tx, accountId)), action: 'account.session_ended' });
	});
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

/** Ends one session, also if it can't be logged; an unknown session is ignored. */
export async function signOut(sessionId: string): Promise<void> {
	const itself = eq(sessions.id, sha256Hex(sessionId));
	const left = { accountId: sessions.accountId, device: sessions.device };
	const [ended] = await db().delete(sessions).where(itself).returning(left);
	if (!ended) return;
	const { accountId, ...after } = ended;
	await transaction(async (tx) => {
		const account = { subject: accounts.username, unitId: ofHighestUnit('id', accountId) };
		const about = oneRow(await tx.select(account).from(accounts).where(eq(accounts.id, accountId)));
		await recordChange(tx, { accountId }, { ...about, action: 'sign_in.left', after });
	}).catch(logFailedWrite('a sign-out was not logged'));
}

/**
 * Ends all sessions of an account and revokes its known devices, in the caller's transaction. Called for a new password
 * and when the account is deactivated or reactivated.
 * @param besides id of a session that goes on
 */
export async function endSessions(tx: Tx, accountId: string, besides = ''): Promise<void> {
	// First, because this locks the account: the sessions that are deleted are those that were opened before.
	await revokeMarks(tx, accountId);
	await tx.delete(sessions).where(and(eq(sessions.accountId, accountId), ne(sessions.id, besides)));
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
