import { m } from '#lib/paraglide/messages.js';
import type { Range } from '#lib/ratings/breakdown.ts';
import type { RatingMove } from '#lib/ratings/moves.ts';
import type { CommentFlag } from '#lib/ratings/screen-comment.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import type {
	RatingTag,
	Aspect,
	CountReason,
	RatingSource,
	RatingState,
	Score,
	SetAsideReason
} from '#lib/ratings/vocabulary.ts';
import { formatDecimals } from '#lib/text/numbers.ts';
import { wordOf } from './cases.ts';

export const scoreWord = wordOf<Score>({ 1: m.score_1, 2: m.score_2, 3: m.score_3, 4: m.score_4, 5: m.score_5 });
export const aspectWord = wordOf<Aspect>({
	courtesy: m.aspect_courtesy,
	speed: m.aspect_speed,
	knowledge: m.aspect_knowledge
});
export const tagWord = wordOf<RatingTag>({
	friendly: m.tag_friendly,
	fast: m.tag_fast,
	clear: m.tag_clear,
	solved: m.tag_solved,
	waiting: m.tag_waiting,
	unfriendly: m.tag_unfriendly,
	unclear: m.tag_unclear,
	unsolved: m.tag_unsolved
});
export const ratingSourceWord = wordOf<RatingSource>({
	visit: m.rating_source_visit,
	kiosk: m.channel_kiosk,
	place: m.rating_source_place,
	web: m.channel_web,
	api: m.channel_api
});
export const ratingStateWord = wordOf<RatingState>({
	counted: m.rating_state_counted,
	held: m.rating_state_held,
	voided: m.rating_state_voided
});
/** The state that a rating gets or would get by a move. */
export const ratingMoveWord = wordOf<RatingMove>({
	void: m.rating_state_voided,
	restore: m.rating_state_counted,
	keep: m.rating_state_counted
});
export const contestVerdictWord = wordOf<'upheld' | 'declined'>({
	upheld: m.review_contest_uphold,
	declined: m.review_contest_decline
});
export const ratingReasonWord = wordOf<SetAsideReason | CountReason>({
	trial: m.set_aside_reason_trial,
	duplicate: m.set_aside_reason_duplicate,
	wrong_officer: m.set_aside_reason_wrong_officer,
	spam: m.set_aside_reason_spam,
	personal_data: m.set_aside_reason_personal_data,
	genuine: m.count_reason_genuine,
	mistake: m.count_reason_mistake
});

export const signalWord = wordOf<Signal>({
	own_session: m.review_signal_own_session,
	own_network: m.review_signal_own_network,
	same_device: m.review_signal_same_device,
	same_device_often: m.review_signal_same_device_often,
	burst: m.review_signal_burst,
	same_text: m.review_signal_same_text,
	same_text_often: m.review_signal_same_text_often,
	outside_hours: m.review_signal_outside_hours,
	over_budget: m.review_signal_over_budget,
	machine: m.review_signal_machine,
	withdrawn_device: m.review_signal_withdrawn_device,
	made_here: m.review_signal_made_here,
	too_soon: m.review_signal_too_soon,
	many_visits: m.review_signal_many_visits,
	kept_long: m.review_signal_kept_long
});
export const commentFlagWord = wordOf<Exclude<CommentFlag, 'manager'>>({
	name: m.review_flag_name,
	phone: m.review_flag_phone,
	email: m.review_flag_email,
	nik: m.review_flag_nik,
	insult: m.review_flag_insult
});

/** A mean with its likely range. */
export const rangeWord = ({ mean, low, high }: Range) =>
	m.insight_range({ mean: formatDecimals(mean), low: formatDecimals(low), high: formatDecimals(high) });
export const shortRangeWord = ({ low, high }: Pick<Range, 'low' | 'high'>) =>
	m.insight_range_short({ low: formatDecimals(low), high: formatDecimals(high) });
