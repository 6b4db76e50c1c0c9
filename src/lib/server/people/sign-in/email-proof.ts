import { and, eq } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { NotFound } from '#lib/server/errors.ts';
import { keyedHash, sameSecret } from '#lib/server/keys.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange } from '../audit.ts';

/**
 * Path of the page where the owner confirms the address, valid until the end of the next day (UTC). The link alone opens
 * nothing: only the signed-in owner can confirm, because an administrator may have entered their own address.
 */
export function emailProofPath(accountId: string, email: string, daysAgo = 0): string {
	const day = new Date(now().getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
	const token = keyedHash('email-proof', `${accountId} ${email}`, day).subarray(0, 24).toString('base64url');
	return `/me/security/email/${token}`;
}

/** The address of an account for its owner, and whether it was shown that the owner reads it. */
export async function ownEmail(accountId: string): Promise<{ email: string | null; proven: boolean }> {
	const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
	const email = account?.email ?? null;
	return { email, proven: email !== null && email === account?.provenEmail };
}

/** @returns the address that the link confirms @throws NotFound if the link is not the account's or has expired */
export async function readEmailProof(accountId: string, token: string): Promise<string> {
	const { email } = await ownEmail(accountId);
	const isValid = [0, 1].some((days) =>
		sameSecret(emailProofPath(accountId, email ?? '', days), `/me/security/email/${token}`)
	);
	if (email === null || !isValid) throw new NotFound('confirmation of an e-mail address');
	return email;
}

/** Stores that the signed-in owner reads the account's address, and logs it. @throws NotFound as `readEmailProof` */
export async function proveEmail(accountId: string, token: string): Promise<void> {
	const email = await readEmailProof(accountId, token);
	await transaction(async (tx) => {
		const present = and(eq(accounts.id, accountId), eq(accounts.email, email));
		const proven = await tx.update(accounts).set({ provenEmail: email }).where(present).returning();
		if (proven.length === 0) throw new NotFound('confirmation of an e-mail address');
		await recordChange(tx, { accountId }, { ...(await aboutAccount(tx, accountId)), action: 'account.email_proven' });
	});
}
