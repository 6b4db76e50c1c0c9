import { and, eq, gt, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { secondFactors } from '#lib/server/db/schema/people.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { endSessions } from './session.ts';

const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;
/** Steps of 30 seconds before and after the present one whose codes are accepted too, because phone clocks differ. */
const WINDOW = 1;
/** Time to confirm the app after its secret was created. */
const PENDING_MS = 15 * MINUTE_MS;

const totpOf = (secret: string, label = '') =>
	new TOTP({ issuer: 'SPATULA', label, secret: Secret.fromBase32(secret), digits: 6, period: 30 });

const ofAccount = (accountId: string) => eq(secondFactors.accountId, accountId);
const pendingSince = () => ago(PENDING_MS);
/**
 * The latest start of an app that a session may see and confirm. A session in which the password was typed longer before
 * the start may be stolen.
 */
const latestStart = (confirmedAt: Date) => new Date(confirmedAt.getTime() + PENDING_MS);
const enrolled = (accountId: string) => and(ofAccount(accountId), isNotNull(secondFactors.enrolledAt));

/** Whether sign-in asks the account for a code. */
export async function hasSecondFactor(accountId: string): Promise<boolean> {
	const rows = await db().select({ id: secondFactors.accountId }).from(secondFactors).where(enrolled(accountId));
	return rows.length > 0;
}

/** Ids of all accounts that sign-in asks for a code. */
export async function accountsWithSecondFactor(): Promise<string[]> {
	const rows = await db()
		.select({ id: secondFactors.accountId })
		.from(secondFactors)
		.where(isNotNull(secondFactors.enrolledAt));
	return rows.map(({ id }) => id);
}

/**
 * The account's second factor for its owner. `pending` is set for 15 minutes while the app is not confirmed. It has the
 * secret as the `otpauth:` address for the QR code, and as text in groups of four.
 * @param confirmedAt when the owner last typed the password in the session that asks, which decides whether it gets the
 * secret
 */
export async function ownSecondFactor(accountId: string, confirmedAt: Date) {
	const [row] = await db()
		.select({ factor: secondFactors, username: accounts.username })
		.from(secondFactors)
		.innerJoin(accounts, eq(accounts.id, secondFactors.accountId))
		.where(ofAccount(accountId));
	if (!row) return null;
	const { enrolledAt, recoveryHashes, startedAt } = row.factor;
	if (enrolledAt) return { enrolledAt, codesLeft: recoveryHashes.length, pending: null };
	if (startedAt <= pendingSince() || latestStart(confirmedAt) < startedAt) return null;
	const secret = await decryptText(row.factor.secret);
	const pending = { address: totpOf(secret, row.username).toString(), key: inGroups(secret) };
	return { enrolledAt, codesLeft: 0, pending };
}

const inGroups = (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ');

/** Creates a secret to be confirmed with a code of the app. A confirmed one is not replaced. */
export async function startSecondFactor(accountId: string): Promise<void> {
	const secret = await encryptText(new Secret({ size: 20 }).base32);
	await db()
		.insert(secondFactors)
		.values({ accountId, secret, startedAt: now() })
		.onConflictDoUpdate({
			target: secondFactors.accountId,
			set: { secret, startedAt: now(), lastStep: 0 },
			setWhere: isNull(secondFactors.enrolledAt)
		});
}

/**
 * Confirms the app with one of its codes. The other sessions of the account end.
 * @param session the session that goes on. One that doesn't see the secret could only guess the code, without a limit
 * @returns the recovery codes, which are shown once
 * @throws Invalid `code_wrong`
 */
export async function confirmSecondFactor(
	accountId: string,
	code: string,
	session: { id: string; confirmedAt: Date }
): Promise<string[]> {
	const { codes, recoveryHashes } = newRecoveryCodes(accountId);
	const step = await stepOf(accountId, code);
	if (step === null) throw invalid('totp', 'code_wrong');
	return transaction(async (tx) => {
		const { enrolledAt, startedAt } = secondFactors;
		const isShown = and(gt(startedAt, pendingSince()), lte(startedAt, latestStart(session.confirmedAt)));
		const confirmed = await tx
			.update(secondFactors)
			.set({ enrolledAt: now(), lastStep: step, recoveryHashes })
			.where(and(ofAccount(accountId), isNull(enrolledAt), isShown))
			.returning();
		if (confirmed.length === 0) throw invalid('totp', 'code_wrong');
		await endSessions(tx, accountId, session.id);
		await note(tx, accountId, 'second_factor.enrolled');
		return codes;
	});
}

/** Replaces the recovery codes. @returns the new ones, which are shown once @throws Conflict if there is no second factor */
export async function renewRecoveryCodes(accountId: string): Promise<string[]> {
	const { codes, recoveryHashes } = newRecoveryCodes(accountId);
	await transaction(async (tx) => {
		const renewed = await tx.update(secondFactors).set({ recoveryHashes }).where(enrolled(accountId)).returning();
		if (renewed.length === 0) throw new Conflict('invalid-move');
		await note(tx, accountId, 'second_factor.codes_renewed');
	});
	return codes;
}

/** Removes the owner's own second factor, confirmed or not. */
export async function removeOwnSecondFactor(accountId: string): Promise<void> {
	await transaction(async (tx) => {
		if (await dropSecondFactor(tx, accountId)) await note(tx, accountId, 'second_factor.removed');
	});
}

/** Deletes the second factor in the caller's transaction. @returns whether sign-in asked for a code before */
export async function dropSecondFactor(tx: Tx, accountId: string): Promise<boolean> {
	const [dropped] = await tx.delete(secondFactors).where(ofAccount(accountId)).returning();
	return dropped !== undefined && dropped.enrolledAt !== null;
}

/**
 * Whether a code of the app or a recovery code is right. Each is accepted once: of two concurrent uses of one code, one
 * fails. The use of a recovery code is logged, and a job notifies the owner. The caller limits how often wrong codes can
 * be tried.
 */
export async function acceptCode(accountId: string, typed: string): Promise<boolean> {
	const code = typed.replace(/[\s-]/g, '').toUpperCase();
	const step = /^\d{6}$/.test(code) ? await stepOf(accountId, code) : null;
	const hash = recoveryHash(accountId, code);
	const [change, unused] =
		step === null
			? [{ recoveryHashes: sql`array_remove(${secondFactors.recoveryHashes}, ${hash})` }, isUnused(hash)]
			: [{ lastStep: step }, lt(secondFactors.lastStep, step)];
	return transaction(async (tx) => {
		const used = await tx
			.update(secondFactors)
			.set(change)
			.where(and(enrolled(accountId), unused))
			.returning();
		if (used.length > 0 && step === null) {
			await note(tx, accountId, 'second_factor.recovery_used');
			await enqueue(tx, 'sign-in-changed', { accountId, at: now().toISOString(), what: 'recovery_used' });
		}
		return used.length > 0;
	});
}

/**
 * Deletes all recovery codes. A restore calls it, because codes that were used since the backup would be valid again.
 * @returns the number of accounts that had codes
 */
export async function dropAllRecoveryCodes(tx: Tx): Promise<number> {
	const some = sql`cardinality(${secondFactors.recoveryHashes}) > 0`;
	return (await tx.update(secondFactors).set({ recoveryHashes: [] }).where(some).returning()).length;
}

const isUnused = (hash: string) => sql`${hash} = any(${secondFactors.recoveryHashes})`;

/** Finds the 30-second step to which a code belongs. Null if it belongs to none of the accepted steps. */
async function stepOf(accountId: string, typed: string): Promise<number | null> {
	const [row] = await db().select().from(secondFactors).where(ofAccount(accountId));
	if (!row) return null;
	const totp = totpOf(await decryptText(row.secret));
	const timestamp = now().getTime();
	const delta = totp.validate({ token: typed.replace(/\s/g, ''), timestamp, window: WINDOW });
	return delta === null ? null : totp.counter({ timestamp }) + delta;
}

function newRecoveryCodes(accountId: string) {
	const codes = Array.from({ length: RECOVERY_CODES }, () => new Secret({ size: RECOVERY_BYTES }).base32);
	return { codes: codes.map(inGroups), recoveryHashes: codes.map((code) => recoveryHash(accountId, code)) };
}

const recoveryHash = (accountId: string, code: string) => keyedHex('recovery-code', code, accountId);

async function note(
	tx: Tx,
	accountId: string,
	action: `second_factor.${'enrolled' | 'codes_renewed' | 'removed' | 'recovery_used'}`
): Promise<void> {
	await recordChange(tx, { accountId }, { ...(await aboutAccount(tx, accountId)), action });
}
