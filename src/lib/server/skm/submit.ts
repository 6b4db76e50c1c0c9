import { eq } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { OVER_BUDGET } from '#lib/ratings/vocabulary.ts';
import { SKM_ELEMENTS, SKM_FACT_NAMES } from '#lib/skm/vocabulary.ts';
import { skmInput, type SkmInput } from '#lib/skm/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { openOffice } from '#lib/server/people/units/find-unit.ts';
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
	const input = checked(skmInput, raw);
	const submissionHash = keyedHex('submission-hash', input.submission_id, 'skm');
	const contentHash = hashOf(input);
	const former = await storedContentHash(db(), submissionHash);
	if (former !== undefined) return repeated(former, contentHash);
	const unit = await openOffice(input.unit, context.visitor);
	if (!(await skmOffice(unit.id))) throw new NotFound(`survey of ${unit.code}`);
	const { submission_id: _id, unit: _unit, ...answers } = input;
	const row = {
		...answers,
		unitId: unit.id,
		day: localDate(now(), unit.timeZone),
		state: context.held ? 'held' : 'counted',
		stateReason: context.held ? OVER_BUDGET : null,
		submissionHash,
		contentHash
	} satisfies typeof skmResponses.$inferInsert;
	return transaction(async (tx) => {
		const stored = await tx
			.insert(skmResponses)
			.values(row)
			.onConflictDoNothing({ target: skmResponses.submissionHash })
			.returning({ id: skmResponses.id });
		if (stored.length > 0) return { repeated: false };
		// A concurrent request stored the form. Its transaction has been committed, because the insert waited for it.
		const content = await storedContentHash(tx, submissionHash);
		if (content === undefined) throw new Error('a stored response was not found again');
		return repeated(content, contentHash);
	});
}

function hashOf(input: SkmInput): string {
	const answers = [
		input.unit,
		...SKM_ELEMENTS.map((element) => input[element]),
		...SKM_FACT_NAMES.map((fact) => input[fact] ?? null),
		input.suggestion ?? null
	];
	return keyedHex('content-hash', JSON.stringify(answers), 'skm');
}

async function storedContentHash(on: Database | Tx, submissionHash: string): Promise<string | undefined> {
	const [former] = await on
		.select({ contentHash: skmResponses.contentHash })
		.from(skmResponses)
		.where(eq(skmResponses.submissionHash, submissionHash));
	return former?.contentHash;
}

function repeated(former: string, content: string): { repeated: boolean } {
	if (former !== content) throw new Conflict('submission-reused');
	return { repeated: true };
}
