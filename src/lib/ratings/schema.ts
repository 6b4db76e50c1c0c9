import { z } from 'zod';
import { DESCRIBED, emptyToUndefined, instant, optional, submissionId, textOrNumber } from '#lib/cases/schema.ts';
import { CHANNELS, SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { RATING_MOVES } from './moves.ts';
import { COUNT_REASONS, LONGEST_COMMENT, RATING_TAGS, SET_ASIDE_REASONS } from './vocabulary.ts';

// Messages are codes; their texts are in `errors.{id,en}.json` under `error_<code>`.

/** A form sends digits, the API a number. */
const number = (value: unknown) => {
	const content = emptyToUndefined(value);
	return typeof content === 'string' && /^\d+$/.test(content.trim()) ? Number(content) : content;
};

/** A form sends one checked box as text and several as a list. */
const list = (value: unknown) => {
	const content = emptyToUndefined(value) ?? [];
	return Array.isArray(content) ? content.filter((entry) => emptyToUndefined(entry) !== undefined) : [content];
};

/** `missing` is for forms, whose people choose one of five; a number out of the range comes only from the API. */
const oneToFive = (code: string, missing = code) =>
	z
		.int({ error: ({ input }) => (input === undefined ? missing : code) })
		.min(1, code)
		.max(5, code);
const aspect = z.preprocess(number, oneToFive('rating_aspect').optional()).optional();

const unitName = z
	.preprocess(emptyToUndefined, textOrNumber(z.string('unit_missing').trim().max(60, 'unit_missing')))
	.describe(DESCRIBED.unit);

/** `POST ratings`, the same for forms and the API. */
export const ratingInput = z.object({
	unit: unitName,
	officer: optional(z.uuid('rating_officer').toLowerCase()).describe(DESCRIBED.officer),
	place: optional(z.string('rating_place').trim().max(60, 'rating_place')).describe(DESCRIBED.place),
	visit_token: optional(z.string('rating_token_unknown').trim().max(60, 'rating_token_unknown')).describe(
		'Last part of the `rating_url` of a visit, for one rating, which is then verified'
	),
	service: optional(z.enum(SERVICE_KINDS, 'service_invalid')).describe(DESCRIBED.service),
	score: z.preprocess(number, oneToFive('rating_score_range', 'rating_score')),
	aspects: z.object({ courtesy: aspect, speed: aspect, knowledge: aspect }, 'rating_aspect').optional(),
	tags: z
		.preprocess(list, z.array(z.enum(RATING_TAGS, 'rating_tag'), 'rating_tag').max(RATING_TAGS.length, 'rating_tag'))
		.optional(),
	comment: optional(z.string('rating_comment').trim().max(LONGEST_COMMENT, 'rating_comment')),
	given_at: optional(instant('rating_given_at')).describe(
		'Time with zone (2026-12-01T08:30:00+08:00), at most 7 days ago and not ahead. Default: now'
	),
	submission_id: submissionId
});

/** A rating whose form asks for the officer. An empty text is the choice "don't know". */
export const chosenRatingInput = ratingInput.extend({
	officer: z
		.string('rating_officer_choose')
		.transform((chosen) => chosen || undefined)
		.pipe(z.uuid('rating_officer').toLowerCase().optional())
});
export type RatingInput = z.output<typeof ratingInput>;

/** `POST visits`: one service to one person, over any channel. */
export const visitInput = z.object({
	unit: unitName,
	service: optional(z.enum(SERVICE_KINDS, 'service_invalid')).describe(DESCRIBED.service),
	officer: optional(z.uuid('rating_officer').toLowerCase()).describe(DESCRIBED.officer),
	channel: z.enum(CHANNELS, 'visit_channel').describe('How the visitor was served'),
	external_ref: optional(textOrNumber(z.string('visit_external_ref').trim().max(100, 'visit_external_ref'))).describe(
		'Key of the visit in the other system, not a name or number of the visitor. It is forgotten after 7 days.'
	)
});

/** A manager's decision about one rating. The server checks whether the reason belongs to the move. */
export const ratingDecision = z.object({
	move: z.enum(RATING_MOVES, 'rating_move'),
	reason: z.enum([...SET_ASIDE_REASONS, ...COUNT_REASONS], 'rating_reason')
});

const LONGEST_WORDS = 1000;
const words = (code: string) => z.preprocess(emptyToUndefined, z.string(code).trim().max(LONGEST_WORDS, code));

/** The parent unit's decision about a proposal. The answer is for the officer, if an objection depends on it. */
export const proposalVerdict = z.object({
	verdict: z.enum(['approved', 'refused'], 'rating_verdict'),
	answer: optional(z.string('contest_answer').trim().max(LONGEST_WORDS, 'contest_answer'))
});

/** An officer's objection to a shown comment. */
export const contestInput = z.object({
	comment: z.string('contest_comment').regex(/^[0-9a-f]{64}$/, 'contest_comment'),
	words: words('contest_words')
});

export const contestVerdict = z.object({
	verdict: z.enum(['upheld', 'declined'], 'rating_verdict'),
	reason: optional(z.enum(SET_ASIDE_REASONS, 'rating_reason')),
	answer: words('contest_answer')
});
