import { and, eq, gt, isNull, lte, or, isNotNull } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { passwordLinks } from '#lib/server/db/schema/people.ts';
import { Invalid, NotFound, invalid } from '#lib/server/errors.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { cancelWaitingChanges, requestAccessChange } from '../access/changes.ts';
import type { Actor } from '../actor.ts';
import { aboutAccount, accountForAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { dropIdentity, dropPasswordLinks, type PasswordLink } from './credentials.ts';
import { checkPassword, hashPassword } from './password.ts';
import { endSessions } from './session.ts';
import { checkOwnPassword } from './sign-in.ts';

/**
 * Creates the one-time link to set a password, for an administrator to hand over. If the account has access to
 * cases or soon will, the administrator never sees the link, but only requests it. It is then sent to the account's own
 * address or printed by a supervisor.
 * @returns undefined if the link waits for a supervisor
 * @throws NotFound if the actor does not administer the account
 */
export async function createPasswordLink(actor: Actor, accountId: string): Promise<PasswordLink | undefined> {
	return transaction(async (tx) => {
		await accountForAdmin(tx, actor, accountId, 'administered');
		const result = await requestAccessChange(tx, actor, { kind: 'password_link', accountId });
		return result === 'waiting' ? undefined : result.link;
	});
}

/**
 * Requests the removal of another account's second factor, after its owner lost the phone and the recovery codes. If
 * the account has access to cases or soon will, a supervisor must approve.
 * @returns whether it waits for a supervisor
 * @throws NotFound if the actor does not administer the account · Invalid `admin_own_account` for the actor's own
 */
export async function resetSecondFactor(actor: Actor, accountId: string): Promise<boolean> {
	if (actor.accountId === accountId) throw invalid('', 'admin_own_account');
	return transaction(async (tx) => {
		await accountForAdmin(tx, actor, accountId, 'administered');
		return (await requestAccessChange(tx, actor, { kind: 'second_factor_reset', accountId })) === 'waiting';
	});
}

const isUsableLink = (token: string) =>
	and(eq(passwordLinks.tokenHash, sha256Hex(token)), isNull(passwordLinks.usedAt), gt(passwordLinks.expiresAt, now()));

/** Until when each account has a link that was not used yet. */
export async function openPasswordLinks(): Promise<Map<string, Date>> {
	const { accountId, expiresAt, usedAt } = passwordLinks;
	const open = and(isNull(usedAt), gt(expiresAt, now()));
	const rows = await db().select({ accountId, expiresAt }).from(passwordLinks).where(open);
	return new Map(rows.map((row) => [row.accountId, row.expiresAt]));
}

/**
 * Returns the account whose password the link sets.
 * @throws NotFound if the link is unknown, used, replaced or expired
 */
export async function readPasswordLink(token: string): Promise<{ accountId: string; username: string; name: string }> {
	return db()
		.select({ accountId: accounts.id, username: accounts.username, name: accounts.name })
		.from(passwordLinks)
		.innerJoin(accounts, and(eq(accounts.id, passwordLinks.accountId), eq(accounts.active, true)))
		.where(isUsableLink(token))
		.then(oneRow);
}

/** A form that comes again within this time is a second click or a repeated request of the same person. */
const SAME_FORM_MS = 10 * MINUTE_MS;

/**
 * The username of the account, if the link has just set this password. The same form that is sent twice gets the same
 * response. Wrong passwords slow the next check, because others may have seen the link.
 * @throws TooMany
 */
async function usernameIfJustSet(token: string, password: string): Promise<string | undefined> {
	const usedJustNow = gt(passwordLinks.usedAt, ago(SAME_FORM_MS));
	const [found] = await db()
		.select({ id: accounts.id, username: accounts.username })
		.from(passwordLinks)
		.innerJoin(accounts, and(eq(accounts.id, passwordLinks.accountId), eq(accounts.active, true)))
		.where(and(eq(passwordLinks.tokenHash, sha256Hex(token)), usedJustNow));
	if (!found) return undefined;
	try {
		await checkOwnPassword(found.id, password, 'password', 'link');
		return found.username;
	} catch (cause) {
		if (cause instanceof Invalid) return undefined;
		throw cause;
	}
}

/**
 * Sets the password, marks the link as used and ends all sessions and the linked identity of the account, in one
 * transaction. Of several concurrent requests one does this. The others succeed only with the same password.
 * @param again the password typed a second time, for people who cannot see what they type
 * @returns the username to sign in with
 * @throws Invalid for a weak password; the link remains valid
 * @throws NotFound · TooMany
 */
export async function usePasswordLink(token: string, password: string, again = password): Promise<string> {
	try {
		return await setByLink(token, password, again);
	} catch (cause) {
		const username = cause instanceof NotFound ? await usernameIfJustSet(token, password) : undefined;
		if (username === undefined) throw cause;
		return username;
	}
}

async function setByLink(token: string, password: string, again: string): Promise<string> {
	const { accountId, username } = await readPasswordLink(token);
	const passwordHash = await newPasswordHash(username, password, again);
	await transaction(async (tx) => {
		const used = oneRow(await tx.update(passwordLinks).set({ usedAt: now() }).where(isUsableLink(token)).returning());
		const proven = used.mailedTo === null ? {} : { provenEmail: used.mailedTo };
		await storePassword(tx, accountId, { passwordHash, ...proven });
	});
	return username;
}

/**
 * Stores a password. Ends the account's linked identity, its sessions except `kept`, and a request for a link, which it
 * no longer needs.
 */
async function storePassword(
	tx: Tx,
	accountId: string,
	values: { passwordHash: string; provenEmail?: string },
	kept?: string
): Promise<void> {
	const linkRequested = and(eq(accessChanges.kind, 'password_link'), eq(accessChanges.accountId, accountId));
	await cancelWaitingChanges(tx, linkRequested);
	await tx.update(accounts).set(values).where(eq(accounts.id, accountId));
	await endSessions(tx, accountId, kept);
	// A person who knew the former password may have linked their own identity.
	await dropIdentity(tx, { accountId }, accountId);
	await recordChange(tx, { accountId }, { ...(await aboutAccount(tx, accountId)), action: 'password.set' });
}

/** Hashes a password typed twice. @throws Invalid if it is weak or typed differently */
async function newPasswordHash(username: string, password: string, again: string): Promise<string> {
	const { units } = await referenceData();
	const officeNames = units.map(({ name }) => name);
	checkPassword(password, username, officeNames);
	if (again !== password) throw invalid('again', 'admin_password_differs');
	return hashPassword(password);
}

/**
 * Sets the actor's own password, after checking the current one. All other sessions, unused password links and the linked
 * identity of the account end.
 * @param sessionId the session that stays valid
 * @throws Invalid
 */
export async function changeOwnPassword(
	accountId: string,
	{ current, password, again }: Record<'current' | 'password' | 'again', string>,
	sessionId: string
): Promise<void> {
	await checkOwnPassword(accountId, current, 'current');
	const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
	const passwordHash = await newPasswordHash(account?.username ?? '', password, again);
	await transaction(async (tx) => {
		await storePassword(tx, accountId, { passwordHash }, sessionId);
		await dropPasswordLinks(tx, accountId);
	});
}

/** Nightly job: deletes links that cannot be used any more. */
export async function deleteUnusablePasswordLinks(): Promise<void> {
	await db()
		.delete(passwordLinks)
		.where(or(lte(passwordLinks.expiresAt, now()), isNotNull(passwordLinks.usedAt)));
}
