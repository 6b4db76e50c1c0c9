import { and, eq } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { clampToNow, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { providerIdentities } from '#lib/server/db/schema/people.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Identity } from '#lib/server/integrations/oidc.ts';
import { actorOf } from '../actor.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { dropIdentity } from './credentials.ts';
import type { Device } from './known-devices.ts';
import { hasSecondFactor } from './second-factor.ts';
import { noteConfirmed } from './session.ts';
import { CodeNeeded, enter } from './sign-in.ts';

/** Clocks of the site and of the provider may differ by this much. */
const SKEW_MS = MINUTE_MS;

/** Since when an account is linked with an identity at the provider; null if it is not. */
export async function linkedSince(accountId: string): Promise<Date | null> {
	const [link] = await db().select().from(providerIdentities).where(eq(providerIdentities.accountId, accountId));
	return link?.linkedAt ?? null;
}

/**
 * Links an account with the identity that its signed-in owner showed. A job notifies the owner, because the
 * holder of the identity can sign in from now on.
 * @returns false if the identity is linked with another account, or the account with another identity
 */
export async function linkIdentity(accountId: string, { issuer, subject }: Identity): Promise<boolean> {
	return transaction(async (tx) => {
		const linkedAt = now();
		const link = { accountId, issuer, subject, linkedAt };
		const made = await tx.insert(providerIdentities).values(link).onConflictDoNothing().returning();
		if (made.length === 0) return false;
		await recordChange(tx, { accountId }, { ...(await aboutAccount(tx, accountId)), action: 'single_sign_on.linked' });
		await enqueue(tx, 'sign-in-changed', { accountId, at: linkedAt.toISOString(), what: 'identity_linked' });
		return true;
	});
}

/** Removes the link of the owner's account, and logs it. */
export const unlinkIdentity = (accountId: string): Promise<void> =>
	transaction((tx) => dropIdentity(tx, { accountId }, accountId));

/**
 * Opens a session for the account with which an identity is linked. Actions that ask for the password ask for it in this
 * session too, unless the person typed it at the provider just now.
 * @returns undefined if no active account is linked; nothing is created
 * @throws CodeNeeded if the account has a second factor: the provider's own is not known to be as good
 */
export async function signInByIdentity(
	identity: Identity,
	{ device, userAgent }: { device?: Device; userAgent?: string }
) {
	const account = await accountOf(identity);
	const actor = account && (await actorOf(account.id));
	if (!actor) return undefined;
	// The provider's clock may be ahead.
	const confirmedAt = clampToNow(identity.authenticatedAt ?? new Date(0));
	if (await hasSecondFactor(account.id))
		throw new CodeNeeded(account.id, account.markGeneration, confirmedAt.getTime());
	return enter(account, actor, { device, userAgent, confirmedAt });
}

/**
 * Confirms that the owner of a session is present, because they just typed their password at the provider.
 * @param since when the confirmation was requested
 * @returns false if the identity is not the account's, or the password was typed earlier or the provider does not tell
 * @throws CodeNeeded if the account has a second factor
 */
export async function confirmByIdentity(
	accountId: string,
	sessionId: string,
	identity: Identity,
	since: Date
): Promise<boolean> {
	const account = await accountOf(identity);
	const typedAt = identity.authenticatedAt?.getTime() ?? 0;
	if (account?.id !== accountId || typedAt < since.getTime() - SKEW_MS) return false;
	if (await hasSecondFactor(accountId)) throw new CodeNeeded(accountId, account.markGeneration);
	await noteConfirmed(sessionId);
	return true;
}

async function accountOf({ issuer, subject }: Identity) {
	const [found] = await db()
		.select({ account: accounts })
		.from(providerIdentities)
		.innerJoin(accounts, eq(accounts.id, providerIdentities.accountId))
		.where(and(eq(providerIdentities.issuer, issuer), eq(providerIdentities.subject, subject)));
	return found?.account;
}
