import { localDate } from '#lib/calendar/days.ts';
import { OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { skmInput } from '#lib/skm/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { storedBy, submissionOf } from '#lib/server/submission-hashes.ts';
import { skmOffice } from './office.ts';

/**
 * Stores a response to the satisfaction survey (SKM) exactly once, even if it is sent repeatedly and concurrently: the
 * keyed hash of its `submission_id` is unique. The date in the unit's zone is stored, but no time, place, address or
 * officer.
 * @param context `held`: the sender is over the rate limit, so the response counts only after a manager accepts it;
 *   `visitor`: the signed-in person who fills in the form; an office in trial accepts nobody else
 * @returns whether the same form was stored before
 * @throws NotFound if the unit is unknown or its survey is off · OfficeClosed
 * @throws Conflict `submission-reused` if the id was used for other content; the error reveals nothing of the first
 * form
 */
export async function submitSkm(
	raw: unknown,
	context: { held: boolean; visitor?: Actor | null }
): Promise<{ repeated: boolean }> {
	const { submission_id, unit: office, ...answers } = checked(skmInput, raw);
	const submission = submissionOf(submission_id, { office, ...answers });
	if (await storedBy(db(), skmResponses, submission)) return { repeated: true };
	const unit = await openOffice(office, context.visitor);
	if (!(await skmOffice(unit.id))) throw new NotFound(`survey of ${unit.code}`);
	const row = {
		...answers,
		unitId: unit.id,
		day: localDate(now(), unit.timeZone),
		state: context.held ? 'held' : 'counted',
		stateReason: context.held ? OVER_BUDGET : null,
		...submission
	} satisfies typeof skmResponses.$inferInsert;
	return transaction(async (tx) => {
		const stored = await tx
			.insert(skmResponses)
			.values(row)
			.onConflictDoNothing({ target: skmResponses.submissionHash })
			.returning({ id: skmResponses.id });
		if (stored.length > 0) return { repeated: false };
		// A concurrent request stored the form. Its transaction has been committed, because the insert waited for it.
		if (!(await storedBy(tx, skmResponses, submission))) throw new Error('a stored response was not found again');
		return { repeated: true };
	});
}
