import type { Scope } from '#lib/cases/vocabulary.ts';
import { and, arrayOverlaps, eq, isNotNull, isNull, ne } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Reader, Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens, roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { env } from '#lib/server/env.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { CASE_SCOPES, changeOf, RATING_ROLES, RATING_SCOPE, type AccessChange, type AccessRow } from './kinds.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange, recordDifference } from '../audit.ts';
import { storeActingRole } from './acting-heads.ts';
import { createsPasswordLink, decidersOf, decidersRemoved, unitsConcerned } from './case-access.ts';
import { connectionToReplace } from './connection.ts';
import {
	dropIdentity,
	dropPasswordLinks,
	endCredentials,
	issuePasswordLink,
	type PasswordLink
} from '../sign-in/credentials.ts';
import { dropSecondFactor } from '../sign-in/second-factor.ts';
import { endSessions } from '../sign-in/session.ts';

/** How a new password link reaches its owner. null: no link is created. */
export type LinkWay = 'mail' | 'print' | null;

export interface Applied {
	/** False if the change was already in effect or its subject no longer exists. */
	changed: boolean;
	/** The password link, if it is to be printed. */
	link?: PasswordLink;
	/** Whether the change is announced to the people concerned as a change of access. */
	notified?: boolean;
}

/** Why a change's password link cannot be sent by e-mail; null if it can. */
export async function mailObstacle(
	on: Reader,
	{ accountId, data }: Pick<AccessRow, 'accountId' | 'data'>
): Promise<'access_no_mail' | 'access_address_changed' | 'access_address_waits' | null> {
	const [account] = await on
		.select({ email: accounts.email })
		.from(accounts)
		.where(and(eq(accounts.id, accountId), eq(accounts.active, true)));
	if (!env().SMTP_URL || !env().MAIL_FROM || !account?.email) return 'access_no_mail';
	// The person who changed the address after the request could read its e-mails.
	if (account.email !== data.address) return 'access_address_changed';
	const { kind, state } = accessChanges;
	const newAddress = and(eq(accessChanges.accountId, accountId), eq(kind, 'email'), eq(state, 'waiting'));
	const waiting = await on.select({ id: accessChanges.id }).from(accessChanges).where(newAddress);
	return waiting.length > 0 ? 'access_address_waits' : null;
}

/**
 * What happens to a change that no supervisor decides within 24 hours. 'mail': it takes effect, and the site sends its
 * password link by e-mail. null: it takes effect without a link. 'waits': it takes effect only by a decision, because
 * the present supervisors may decline but not approve it, all who could have decided were removed, or the site can't
 * send its password link.
 *
 * @param known what the caller has already read about the change
 */
export async function wayWithoutDecision(
	on: Reader,
	row: AccessRow,
	known?: {
		deciders: Awaited<ReturnType<typeof decidersOf>>;
		createsLink: boolean;
		obstacle: Awaited<ReturnType<typeof mailObstacle>>;
	}
): Promise<'mail' | 'waits' | null> {
	const approves = (known?.deciders ?? (await decidersOf(on, row))).length > 0;
	// If nobody may approve it, the change takes effect only if nobody could ever have decided.
	if (!approves && ((await decidersOf(on, row, 'any')).length > 0 || (await decidersRemoved(on, row)))) return 'waits';
	if (!(known?.createsLink ?? (await createsPasswordLink(on, changeOf(row), row.requestedBy)))) return null;
	if ((known ? known.obstacle : await mailObstacle(on, row)) === null) return 'mail';
	const { passwordHash } = accounts;
	const [account] = await on.select({ passwordHash }).from(accounts).where(eq(accounts.id, row.accountId));
	// An account without a password loses none by the role, so the role takes effect without a link.
	return row.kind === 'password_link' || account?.passwordHash ? 'waits' : null;
}

/** The people and the link of a change that is applied. */
export interface Application {
	/** null: the server's operator. */
	requestedBy: string | null;
	/**
	 * The supervisor who approved the change, or the requester of one that needs no approval. null: the operator made it, or
	 * no supervisor decided in time.
	 */
	decidedBy: string | null;
	/** If the link is printed, `decidedBy` sees it. */
	way: LinkWay;
}

/**
 * Applies a change that was approved, that needs no approval, or that takes effect without a decision. No other function
 * applies access changes.
 */
export async function applyChange(
	tx: Tx,
	{ requestedBy, decidedBy, way }: Application,
	change: AccessChange
): Promise<Applied> {
	const [account] = await tx.select().from(accounts).where(eq(accounts.id, change.accountId));
	if (!account) throw new Error('the account of the access change does not exist');
	const actor = { accountId: requestedBy };
	switch (change.kind) {
		case 'role':
			return grant(tx, { requestedBy, decidedBy, way }, change, account.username);
		case 'password_link':
			return { changed: true, ...(await issueLink(tx, account.id, { decidedBy, way })) };
		case 'token': {
			const active = await tx
				.update(apiTokens)
				.set({ waiting: false })
				.where(and(eq(apiTokens.id, change.tokenId), isNull(apiTokens.revokedAt)))
				.returning();
			return { changed: active.length > 0 };
		}
		case 'officer_link': {
			// The row before the account, as `changeOfficer` locks them.
			const own = eq(officers.id, change.officerId);
			const [before] = await tx.select({ active: officers.active }).from(officers).where(own).for('no key update');
			// The other account may have been linked to another active officer since the request.
			if (change.to !== null && before?.active && (await isLinked(tx, change.to, change.officerId)))
				return { changed: false };
			const [officer] = await tx
				.update(officers)
				.set({ accountId: change.to })
				.where(and(own, eq(officers.accountId, change.accountId)))
				.returning();
			if (!officer) return { changed: false };
			const { id, unitId, name } = officer;
			const about = { unitId, action: 'officer.changed' as const, subject: name, after: { record: id } };
			await recordDifference(tx, actor, about, { accountId: change.accountId }, { accountId: change.to });
			return { changed: true };
		}
		case 'email': {
			// Decided by the operator, or by a supervisor who is not the requester.
			const proven = requestedBy === null || (decidedBy !== null && decidedBy !== requestedBy);
			const { email } = change;
			await tx
				.update(accounts)
				.set({ email, ...(proven ? { provenEmail: email } : {}) })
				.where(eq(accounts.id, account.id));
			// The owner of a mistyped address may have a link that was sent there.
			if (account.email !== email) await dropPasswordLinks(tx, account.id, { mailedOnly: true });
			return changedAccount(tx, actor, account, { emailChanged: account.email !== email });
		}
		case 'reactivation': {
			if (account.active) return { changed: false };
			// A sign-in that ran while the account was switched off may have left a session.
			await endCredentials(tx, actor, account.id);
			await tx.update(accounts).set({ active: true }).where(eq(accounts.id, account.id));
			return changedAccount(tx, actor, account, { active: true });
		}
		case 'second_factor_reset': {
			if (!(await dropSecondFactor(tx, account.id))) return { changed: false };
			await endSessions(tx, account.id);
			const about = await aboutAccount(tx, account.id);
			await recordChange(tx, actor, { ...about, action: 'second_factor.removed' });
			return { changed: true };
		}
		case 'connection':
			if ((await connectionToReplace(tx, change)) === 'overtaken') return { changed: false };
			// Only `channels` writes its tables.
			await enqueue(tx, 'connection-approved', { by: requestedBy, at: now().toISOString(), change });
			return { changed: true };
	}
}

/**
 * Whether the account is linked to another active officer than `besides`. Until the transaction ends, no other officer
 * is linked to it.
 */
export async function isLinked(tx: Tx, accountId: string, besides?: string): Promise<boolean> {
	await lockKey(tx, `officer-account ${accountId}`);
	const others = besides ? ne(officers.id, besides) : undefined;
	return (await tx.$count(officers, and(eq(officers.accountId, accountId), officers.active, others))) > 0;
}

/** Logs only that the address changed, because the address is personal data. */
async function changedAccount(
	tx: Tx,
	actor: { accountId: string | null },
	{ id, active }: { id: string; active: boolean },
	after: { emailChanged?: boolean; active?: boolean }
): Promise<Applied> {
	const about = { ...(await aboutAccount(tx, id)), action: 'account.changed' as const };
	await recordDifference(tx, actor, about, { emailChanged: false, active }, after);
	return { changed: true };
}

async function grant(
	tx: Tx,
	application: Application,
	change: Extract<AccessChange, { kind: 'role' }>,
	subject: string
): Promise<Applied> {
	const { requestedBy: by } = application;
	const { accountId, unitId, role, acting } = change;
	const needsNewPassword =
		(await unitsConcerned(tx, change, by)).length > 0 && (await createsPasswordLink(tx, change, by));
	if (acting) {
		if (!(await storeActingRole(tx, by, { accountId, unitId, role, ...acting }, subject))) return { changed: false };
	} else {
		const target = [roles.accountId, roles.unitId, roles.role];
		// The role of an acting head becomes permanent.
		const permanent = { target, set: { actingId: null }, setWhere: isNotNull(roles.actingId) };
		const granted = await tx
			.insert(roles)
			.values({ accountId, unitId, role })
			.onConflictDoUpdate(permanent)
			.returning();
		if (granted.length === 0) return { changed: false };
		await recordChange(tx, { accountId: by }, { unitId, action: 'role.granted', subject, after: { role } });
	}
	if (!needsNewPassword) return { changed: true };
	await endFormerCredentials(tx, by, accountId, RATING_ROLES.includes(role) ? [RATING_SCOPE] : CASE_SCOPES);
	return { changed: true, ...(await issueLink(tx, accountId, application)) };
}

async function issueLink(
	tx: Tx,
	accountId: string,
	{ way, decidedBy }: Pick<Application, 'way' | 'decidedBy'>
): Promise<Pick<Applied, 'link'>> {
	return way === 'print' ? { link: await issuePasswordLink(tx, accountId, decidedBy) } : {};
}

/**
 * Ends what the account could use before its first role that needs approval: password, second factor, linked identity,
 * sessions, links, and tokens with these scopes. Its address counts as unproven again, because so far only an
 * administrator has vouched for it.
 */
async function endFormerCredentials(
	tx: Tx,
	by: string | null,
	accountId: string,
	scopes: readonly Scope[]
): Promise<void> {
	await tx.update(accounts).set({ passwordHash: null, provenEmail: null }).where(eq(accounts.id, accountId));
	await dropSecondFactor(tx, accountId);
	await dropIdentity(tx, { accountId: by }, accountId);
	await endSessions(tx, accountId);
	await dropPasswordLinks(tx, accountId);
	const activeTokens = and(isNull(apiTokens.revokedAt), arrayOverlaps(apiTokens.scopes, [...scopes]));
	await tx
		.update(apiTokens)
		.set({ revokedAt: now() })
		.where(and(eq(apiTokens.accountId, accountId), activeTokens));
}
