import { eq } from 'drizzle-orm';
import { ratingInput } from '../../ratings/schema.ts';
import { OVER_BUDGET, type RatingSource } from '../../ratings/vocabulary.ts';
import { checked } from '../checked.ts';
import { transaction, type Tx } from '../db/index.ts';
import { ratings } from '../db/schema/ratings.ts';
import { Conflict, Invalid } from '../errors.ts';
import { sha256Hex } from '../keys.ts';
import { useToken } from '../visits/visits.ts';
import { countIn } from './rollup.ts';
import { checkSubmission, contentHash, dayOf, lookAround, submissionHash } from './submission.ts';

/** How a rating came in: what the form or the caller could not say of itself. */
export interface RatingContext {
	/** A token makes it `visit`, whatever stands here. */
	source: RatingSource;
	/** The scanned place; one of another unit is left out. */
	placeId?: string;
	/** The token of the address `/nilai/[token]`; goes before `visit_token`. */
	visitToken?: string;
	/** Over a budget: stored, but not counted before a manager decides. */
	held?: boolean;
}

export interface SubmittedRating {
	id: string;
	verified: boolean;
	/** This submission was stored before; the answer is that of the first time. */
	repeated: boolean;
}

/**
 * Stores one rating (`POST ratings`) once, however often and by however many requests at a time it is sent: the keyed hash of its
 * `submission_id` is unique. Its day is frozen in the unit's zone. A visit's token is used up in the same transaction,
 * and makes the rating verified; an officer and a service frozen into the visit are the rating's.
 *
 * @throws NotFound on an unknown unit
 * @throws Invalid on an officer, place or time that can't be, on a closed unit, and on a token that opens nothing
 * @throws Conflict `submission-reused` where the id was used for other content; it tells nothing of the first
 */
export async function submitRating(raw: unknown, context: RatingContext): Promise<SubmittedRating> {
	const input = checked(ratingInput, raw);
	const token = context.visitToken ?? input.visit_token;
	const found = await lookAround(input, context.placeId, token);
	const day = dayOf(input, found.unit.timeZone);
	const content = contentHash(input, found.unit.code, day);
	if (found.former) return repeated(found.former, content);
	checkSubmission(input, found, token);
	const row = {
		unitId: found.unit.id,
		officerId: found.visit?.officerId ?? input.officer ?? null,
		placeId: found.placeId,
		service: found.visit?.service ?? input.service ?? null,
		score: input.score,
		courtesy: input.aspects?.courtesy,
		speed: input.aspects?.speed,
		knowledge: input.aspects?.knowledge,
		tags: [...new Set(input.tags)],
		comment: input.comment,
		source: token === undefined ? context.source : 'visit',
		verified: token !== undefined,
		day,
		state: context.held ? ('held' as const) : ('counted' as const),
		stateReason: context.held ? OVER_BUDGET : null,
		submissionHash: submissionHash(input),
		contentHash: content
	};
	return transaction(async (tx) => {
		const [stored] = await tx
			.insert(ratings)
			.values(row)
			.onConflictDoNothing({ target: ratings.submissionHash })
			.returning({ id: ratings.id });
		if (!stored) return repeated(await formerRating(tx, row.submissionHash), content);
		if (token !== undefined && !(await useToken(tx, sha256Hex(token), day))) {
			throw new Invalid([{ path: 'visit_token', code: 'rating_token_used' }]);
		}
		if (row.state === 'counted') await countIn(tx, row);
		return { id: stored.id, verified: row.verified, repeated: false };
	});
}

interface FormerRating {
	id: string;
	verified: boolean;
	contentHash: string;
}

/** The one that was faster; its transaction has ended, else the insert would still be waiting for it. */
async function formerRating(tx: Tx, hash: string): Promise<FormerRating> {
	const [former] = await tx
		.select({ id: ratings.id, verified: ratings.verified, contentHash: ratings.contentHash })
		.from(ratings)
		.where(eq(ratings.submissionHash, hash));
	if (!former) throw new Error('a stored rating was not found again');
	return former;
}

function repeated(former: FormerRating, content: string): SubmittedRating {
	if (former.contentHash !== content) throw new Conflict('submission-reused');
	return { id: former.id, verified: former.verified, repeated: true };
}
