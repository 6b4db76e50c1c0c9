import { z } from 'zod';
import { RATING_MOVES } from '#lib/ratings/moves.ts';
import { emptyToUndefined, optional, submissionId } from '#lib/cases/schema.ts';
import { COUNT_REASONS } from '#lib/ratings/vocabulary.ts';
import { byElement, LONGEST_SUGGESTION, SKM_FACTS, SKM_SET_ASIDE_REASONS } from './vocabulary.ts';

// Messages are codes; their texts are in `errors.{id,en}.json` under `error_<code>`.

/**
 * An answer to one element. The error code names the question, so that the error summary shows which one is missing.
 */
const answer = (code: string) =>
	z.preprocess(
		emptyToUndefined,
		z.enum(['1', '2', '3', '4'], code).transform((text) => Number(text) as 1 | 2 | 3 | 4)
	);

export const skmInput = z.object({
	/** Code (`1203`) or slug (`main-office`). */
	unit: z.preprocess(emptyToUndefined, z.string('unit_missing').trim().max(60, 'unit_missing')),
	...byElement((element) => answer(`skm_${element}`)),
	sex: optional(z.enum(SKM_FACTS.sex, 'skm_fact')),
	age: optional(z.enum(SKM_FACTS.age, 'skm_fact')),
	education: optional(z.enum(SKM_FACTS.education, 'skm_fact')),
	occupation: optional(z.enum(SKM_FACTS.occupation, 'skm_fact')),
	service: optional(z.enum(SKM_FACTS.service, 'service_invalid')),
	suggestion: optional(z.string('skm_suggestion').trim().max(LONGEST_SUGGESTION, 'skm_suggestion')),
	submission_id: submissionId
});

/** A manager's decision about one response. The server checks whether the reason belongs to the move. */
export const skmDecision = z.object({
	move: z.enum(RATING_MOVES, 'rating_move'),
	reason: z.enum([...SKM_SET_ASIDE_REASONS, ...COUNT_REASONS], 'rating_reason')
});
