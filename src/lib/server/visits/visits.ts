import { randomUUID } from 'node:crypto';
import { and, eq, gt, isNotNull, isNull, lt, lte } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import { visitInput } from '#lib/ratings/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { requireOfficerOf, visitEntry } from './entry.ts';
import { visitToken } from './token.ts';

const DAY = 24 * 60 * 60 * 1000;
const REFERENCE_DAYS = 7;

/**
 * Notes one service given to one person (`POST visits`) and makes its one-time token (`visitToken`, 14 days): stored is
 * its hash alone. Another system tells of a service that was given: the visit begins and ends with the call.
 *
 * @param accountId who notes it; null for the bootstrap token
 * @param within the units the actor may write to
 * @throws NotFound on a unit that is not there or not among `within`, Invalid on an officer who does not work there
 */
export async function createVisit(
	raw: unknown,
	{ accountId, within }: { accountId: string | null; within: readonly string[] }
): Promise<{ id: string; token: string; expiresAt: Date }> {
	const input = checked(visitInput, raw);
	const unit = await requireUnitWithin(input.unit, within);
	const officer = await requireOfficerOf(db(), unit.id, input.officer);
	const at = now();
	const entry = visitEntry(randomUUID(), unit, at);
	await db()
		.insert(visits)
		.values({
			...entry,
			service: input.service,
			officerId: officer?.id,
			channel: input.channel,
			externalRef: input.external_ref,
			begunAt: at,
			closedAt: at,
			createdBy: accountId
		});
	return { id: entry.id, token: visitToken(entry.id), expiresAt: entry.expiresAt };
}

/**
 * Uses a token up in the transaction that stores its rating. Of any number at once one gets `true`. Kept is the day
 * alone: which rating it was stays unknown.
 */
export async function useToken(tx: Tx, tokenHash: string, day: LocalDate): Promise<boolean> {
	const used = await tx
		.update(visits)
		.set({ usedOn: day })
		.where(and(eq(visits.tokenHash, tokenHash), isNull(visits.usedOn), gt(visits.expiresAt, now())))
		.returning({ id: visits.id });
	return used.length === 1;
}

/** Forgets the guest book's own numbers after seven days: from then on a visit leads to nobody. */
export async function forgetExternalReferences(): Promise<number> {
	const forgotten = await db()
		.update(visits)
		.set({ externalRef: null })
		.where(and(isNotNull(visits.externalRef), lt(visits.createdAt, new Date(now().getTime() - REFERENCE_DAYS * DAY))))
		.returning({ id: visits.id });
	return forgotten.length;
}

/** Forgets which device noted a visit, and what its form said, once its link is no longer good. */
export async function forgetMakers(): Promise<void> {
	await db()
		.update(visits)
		.set({ madeByDevice: null, contentHash: null })
		.where(and(isNotNull(visits.madeByDevice), lte(visits.expiresAt, now())));
}
