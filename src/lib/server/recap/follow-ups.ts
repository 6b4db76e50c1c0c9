import { and, asc, eq, gte, isNull, or } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';
import type { FollowUp, RecapScope } from '#lib/recap/figures.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { followUps } from '#lib/server/db/schema/recap.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { reportingUnit } from './reporting-unit.ts';

/**
 * What stands in the ninth section: everything written on this or an earlier report that was not done before the period
 * began. What was done after its end was still open then, and says so.
 */
export async function followUpsOf(
	on: Database | Tx,
	unitId: string,
	scope: RecapScope,
	period: Period
): Promise<FollowUp[]> {
	const rows = await on
		.select()
		.from(followUps)
		.where(
			and(
				eq(followUps.unitId, unitId),
				eq(followUps.scope, scope),
				or(isNull(followUps.doneOn), gte(followUps.doneOn, period.from))
			)
		)
		.orderBy(asc(followUps.createdAt), asc(followUps.id));
	return rows
		.filter((row) => (recapPeriod(row.period)?.from ?? '') <= period.to)
		.map(({ id, period: since, rootCause, action, who, dueOn, doneOn }) => ({
			id,
			period: since,
			rootCause,
			action,
			who,
			dueOn,
			doneOn: doneOn !== null && doneOn <= period.to ? doneOn : null
		}));
}

const words = z.string({ error: 'text_missing' }).trim().min(1, 'text_missing').max(500, 'text_long');
const day = z.string({ error: 'text_missing' }).refine(isLocalDate, 'date_invalid');
const written = z.object({ rootCause: words, action: words, who: words, dueOn: day });

/**
 * Writes a root cause and what is done about it on the report of a period; it is carried on until it is done.
 *
 * @throws NotFound and NotAllowed as `reportingUnit`
 */
export async function addFollowUp(
	actor: Actor,
	about: { unit: string; scope: RecapScope; period: string },
	raw: unknown
): Promise<void> {
	const input = checked(written, raw);
	const unit = await reportingUnit(actor, about.unit);
	if (!recapPeriod(about.period)) throw new NotFound(about.period);
	await transaction(async (tx) => {
		const { scope, period } = about;
		await tx
			.insert(followUps)
			.values({ ...input, unitId: unit.id, scope, period, createdAt: now(), createdBy: actor.accountId });
		await recordChange(tx, actor, { unitId: unit.id, action: 'follow_up.added', subject: period, after: input });
	});
}

const finished = z.object({ id: z.uuid('field_invalid'), doneOn: day });

/**
 * Marks one as done on a day that is not ahead. It stands on the report of that day's period, and on none after it.
 *
 * @throws NotFound if it is not an open one of the unit
 */
export async function finishFollowUp(actor: Actor, unitName: string, raw: unknown): Promise<void> {
	const input = checked(finished, raw);
	const unit = await reportingUnit(actor, unitName);
	if (input.doneOn > localDate(now(), unit.timeZone)) throw new Invalid([{ path: 'doneOn', code: 'date_ahead' }]);
	await transaction(async (tx) => {
		const [row] = await tx
			.update(followUps)
			.set({ doneOn: input.doneOn })
			.where(and(eq(followUps.id, input.id), eq(followUps.unitId, unit.id), isNull(followUps.doneOn)))
			.returning();
		if (!row) throw new NotFound(input.id);
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'follow_up.done',
			subject: row.period,
			after: { action: row.action, doneOn: input.doneOn }
		});
	});
}
