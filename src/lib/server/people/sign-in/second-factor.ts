import { and, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { secondFactors } from '#lib/server/db/schema/people.ts';
import { Invalid } from '#lib/server/errors.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { endSessions } from './session.ts';

const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;
/** Codes of one step before and after the present one are accepted, because clocks of phones differ. */
const WINDOW = 1;

const totpOf = (secret: string, label = '') =>
	new TOTP({ issuer: 'SPATULA', label, secret: Secret.fromBase32(secret), digits: 6, period: 30 });

const ofAccount = (accountId: string) => eq(secondFactors.accountId, accountId);
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
 * The account's second factor for its owner. `pending`: the app was not confirmed yet; the secret is shown as the
 * address of a QR code and as text in groups of four.
 */
export async function ownSecondFactor(accountId: string) {
	const [row] = await db()
		.select({ factor: secondFactors, username: accounts.username })
		.from(secondFactors)
		.innerJoin(accounts, eq(accounts.id, secondFactors.accountId))
		.where(ofAccount(accountId));
	if (!row) return null;
	const { enrolledAt, recoveryHashes } = row.factor;
	if (enrolledAt) return { enrolledAt, codesLeft: recoveryHashes.length, pending: null };
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
		.values({ accountId, secret })
		.onConflictDoUpdate({
			target: secondFactors.accountId,
			set: { secret, lastStep: 0 },
			setWhere: isNull(secondFactors.enrolledAt)
		});
}

/**
 * Confirms the app with one of its codes. The other sessions of the account end.
 * @param sessionId the session that goes on
 * @returns the recovery codes, which are shown once
 * @throws Invalid `code_wrong`
 */
export async function confirmSecondFactor(accountId: string, code: string, sessionId: string): Promise<string[]> {
	const { codes, recoveryHashes } = newRecoveryCodes(accountId);
	const step = await stepOf(accountId, code);
	return transaction(async (tx) => {
		const confirmed =
			step === null
				? []
				: await tx
						.update(secondFactors)
						.set({ enrolledAt: now(), lastStep: step, recoveryHashes })
						.where(and(ofAccount(accountId), isNull(secondFactors.enrolledAt)))
						.returning();
		if (confirmed.length === 0) throw new Invalid([{ path: 'totp', code: 'code_wrong' }]);
		await endSessions(tx, accountId, sessionId);
		await note(tx, accountId, 'second_factor.enrolled');
		return codes;
	});
}

/** Replaces the recovery codes. @returns the new ones, which are shown once */
export async function renewRecoveryCodes(accountId: string): Promise<string[]> {
	const { codes, recoveryHashes } = newRecoveryCodes(accountId);
	await transaction(async (tx) => {
		await tx.update(secondFactors).set({ recoveryHashes }).where(enrolled(accountId));
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
 * fails. The caller limits how often wrong codes can be tried.
 */
export async function acceptCode(accountId: string, typed: string): Promise<boolean> {
	const code = typed.replace(/[\s-]/g, '').toUpperCase();
	const step = /^\d{6}$/.test(code) ? await stepOf(accountId, code) : null;
	const hash = recoveryHash(accountId, code);
	const [change, unused] =
		step === null
			? [{ recoveryHashes: sql`array_remove(${secondFactors.recoveryHashes}, ${hash})` }, isUnused(hash)]
			: [{ lastStep: step }, lt(secondFactors.lastStep, step)];
	const used = await db()
		.update(secondFactors)
		.set(change)
		.where(and(enrolled(accountId), unused))
		.returning();
	return used.length > 0;
}

const isUnused = (hash: string) => sql`${hash} = any(${secondFactors.recoveryHashes})`;

/** The step of which this is the code; null if it is of no step near the present one. */
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
	action: 'second_factor.enrolled' | 'second_factor.codes_renewed' | 'second_factor.removed'
): Promise<void> {
	await recordChange(tx, { accountId }, { ...(await aboutAccount(tx, accountId)), action });
}
