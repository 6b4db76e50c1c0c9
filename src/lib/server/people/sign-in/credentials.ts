import { and, eq, isNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import type { Actor } from '../actor.ts';
import { recordChange } from '../audit.ts';
import { dropPasswordLinks } from './issue-password-link.ts';
import { endSessions } from './session.ts';

/** Ends every session, API token and unused password link of an account for good. Each ended token is written to the log. */
export async function endCredentials(tx: Tx, actor: Pick<Actor, 'accountId'>, accountId: string): Promise<void> {
	await endSessions(tx, accountId);
	await dropPasswordLinks(tx, accountId);
	const ended = await tx
		.update(apiTokens)
		.set({ revokedAt: now() })
		.where(and(eq(apiTokens.accountId, accountId), isNull(apiTokens.revokedAt)))
		.returning();
	for (const { unitId, name } of ended) {
		await recordChange(tx, actor, { unitId, action: 'token.revoked', subject: name });
	}
}
