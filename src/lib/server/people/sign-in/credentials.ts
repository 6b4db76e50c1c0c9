import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { apiTokens, passwordLinks, providerIdentities } from '#lib/server/db/schema/people.ts';
import { randomSecret, sha256Hex } from '#lib/server/keys.ts';
import { aboutAccount } from '../administration.ts';
import { recordChange } from '../audit.ts';
import type { Actor } from '../actor.ts';
import { endSessions } from './session.ts';

const LINK_HOURS = 24;

export interface PasswordLink {
	/** Token of `/sandi/<token>`; only its hash is stored. */
	token: string;
	expiresAt: Date;
}

/**
 * Creates the one-time link to set a password; earlier links of the account become invalid. The caller decides who may
 * see it.
 * @param by account that sees the link; null if it is the operator, or the link is sent by e-mail only
 * @param mailedTo the address, if it is sent by e-mail only
 */
export async function issuePasswordLink(
	tx: Tx,
	accountId: string,
	by: string | null,
	{ hours = LINK_HOURS, mailedTo = null }: { hours?: number; mailedTo?: string | null } = {}
): Promise<PasswordLink> {
	const token = randomSecret();
	const expiresAt = fromNow(hours * HOUR_MS);
	await dropPasswordLinks(tx, accountId);
	await tx.insert(passwordLinks).values({ tokenHash: sha256Hex(token), accountId, mailedTo, expiresAt });
	const about = await aboutAccount(tx, accountId);
	await recordChange(tx, { accountId: by }, { ...about, action: 'password_link.created' });
	return { token, expiresAt };
}

/** @param mailedOnly keeps printed links, which a person handed over */
export async function dropPasswordLinks(tx: Tx, accountId: string, { mailedOnly = false } = {}): Promise<void> {
	const { usedAt, mailedTo } = passwordLinks;
	const which = and(isNull(usedAt), mailedOnly ? isNotNull(mailedTo) : undefined);
	await tx.delete(passwordLinks).where(and(eq(passwordLinks.accountId, accountId), which));
}

/** Removes the link with an identity in the caller's transaction, and logs it. */
export async function dropIdentity(tx: Tx, by: Pick<Actor, 'accountId'>, accountId: string): Promise<void> {
	const own = eq(providerIdentities.accountId, accountId);
	if ((await tx.delete(providerIdentities).where(own).returning()).length === 0) return;
	await recordChange(tx, by, { ...(await aboutAccount(tx, accountId)), action: 'single_sign_on.unlinked' });
}

/**
 * Permanently ends all sessions, API tokens, unused password links and the linked identity of an account. Each ended
 * token is logged. If the account is switched off, the trigger `drop_devices` deletes its devices for push messages.
 */
export async function endCredentials(tx: Tx, actor: Pick<Actor, 'accountId'>, accountId: string): Promise<void> {
	await endSessions(tx, accountId);
	await dropPasswordLinks(tx, accountId);
	await dropIdentity(tx, actor, accountId);
	const ended = await tx
		.update(apiTokens)
		.set({ revokedAt: now() })
		.where(and(eq(apiTokens.accountId, accountId), isNull(apiTokens.revokedAt)))
		.returning();
	for (const { unitId, name } of ended) {
		await recordChange(tx, actor, { unitId, action: 'token.revoked', subject: name });
	}
}
