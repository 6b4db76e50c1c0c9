import { and, asc, eq, gte, isNull, or } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import { requiredText } from '#lib/cases/schema.ts';
import type { Period } from '#lib/ratings/period.ts';
import type { FollowUp, RecapScope } from '#lib/recap/figures.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { lockCaseForActor } from '#lib/server/cases/find.ts';
import { followUps, lateCauses } from '#lib/server/db/schema/recap.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { requireSameContent } from '#lib/server/content-hash.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { reportingUnit } from './scope.ts';

/**
 * Follow-ups for the ninth section: they belong to reports on periods that ended no later than this one, and were not
 * done before the period began. A follow-up that was done after the period's end is shown as open.
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
		.filter((row) => (recapPeriod(row.period)?.to ?? '') <= period.to)
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

const textField = requiredText(1, 500, 'text');
const day = z.string({ error: 'text_missing' }).refine(isLocalDate, 'date_invalid');
const followUpFields = z.object({ rootCause: textField, action: textField, who: textField, dueOn: day });
/** The id of the form becomes that of the follow-up, so that a form that is sent twice is stored once. */
const followUpInput = followUpFields.extend({ submission_id: z.uuid('submission_id_missing').optional() });

/**
 * Adds a root cause with its follow-up to the report of a period. Later reports repeat it until it is done.
 * @throws NotFound and NotAllowed as `reportingUnit` · Conflict `submission-reused` if the form came back with other
 * content
 */
export async function addFollowUp(
	actor: Actor,
	about: { unit: string; scope: RecapScope; period: string },
	raw: unknown
): Promise<void> {
	const { submission_id, ...input } = checked(followUpInput, raw);
	const unit = await reportingUnit(actor, about.unit);
	if (!recapPeriod(about.period)) throw new NotFound(about.period);
	await transaction(async (tx) => {
		const { scope, period } = about;
		const content = { ...input, unitId: unit.id, scope, period };
		const values = { id: submission_id, ...content, createdAt: now() };
		const made = await tx.insert(followUps).values(values).onConflictDoNothing({ target: followUps.id }).returning();
		if (made.length === 0) {
			const [stored] = await tx
				.select()
				.from(followUps)
				.where(eq(followUps.id, submission_id ?? ''));
			requireSameContent(stored, content);
			return;
		}
		await recordChange(tx, actor, { unitId: unit.id, action: 'follow_up.added', subject: period, after: input });
	});
}

const finishInput = z.object({ id: z.uuid('field_invalid'), doneOn: day });

/**
 * Marks a follow-up as done on a day that is not in the future and not before the period of its report. Reports of later
 * periods do not list it. A follow-up that is already done stays as it is.
 * @throws NotFound if the unit has no such follow-up
 */
export async function finishFollowUp(actor: Actor, unitName: string, raw: unknown): Promise<void> {
	const input = checked(finishInput, raw);
	const unit = await reportingUnit(actor, unitName);
	if (input.doneOn > localDate(now(), unit.timeZone)) throw invalid('doneOn', 'date_ahead');
	await transaction(async (tx) => {
		const own = and(eq(followUps.id, input.id), eq(followUps.unitId, unit.id));
		const row = await tx.select().from(followUps).where(own).for('update').then(oneRow);
		if (row.doneOn !== null) return;
		// Reports would leave it out.
		if (input.doneOn < (recapPeriod(row.period)?.from ?? '')) throw invalid('doneOn', 'follow_up_early');
		await tx.update(followUps).set({ doneOn: input.doneOn }).where(own);
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'follow_up.done',
			subject: row.period,
			after: { action: row.action, doneOn: input.doneOn }
		});
	});
}

const explainInput = z.object({ reference: z.string({ error: 'text_missing' }), cause: requiredText(1, 300, 'text') });

/**
 * Stores why a case was late, for all periodic reports that are made from now on. Filed reports do not change.
 * @throws NotFound if the actor may not see the case
 */
export async function explainLate(actor: Actor, raw: unknown): Promise<void> {
	const { reference, cause } = checked(explainInput, raw);
	await transaction(async (tx) => {
		const { row, unit } = await lockCaseForActor(tx, actor, reference);
		await tx
			.insert(lateCauses)
			.values({ caseId: row.id, cause })
			.onConflictDoUpdate({ target: lateCauses.caseId, set: { cause } });
		const change = {
			unitId: unit.id,
			action: 'recap.cause_written' as const,
			subject: row.reference,
			after: { cause }
		};
		await recordChange(tx, actor, change);
	});
}
