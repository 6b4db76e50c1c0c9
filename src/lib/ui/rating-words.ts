import { m } from '#lib/paraglide/messages.js';
import type { RatingTag } from '#lib/ratings/tags.ts';
import type { Aspect, CountReason, RatingSource, RatingState, Score, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import type { Words } from '#lib/ui/words.ts';

const scores: Words<Score> = { 1: m.score_1, 2: m.score_2, 3: m.score_3, 4: m.score_4, 5: m.score_5 };
const aspects: Words<Aspect> = {
	courtesy: m.aspect_courtesy,
	speed: m.aspect_speed,
	knowledge: m.aspect_knowledge
};
const tags: Words<RatingTag> = {
	friendly: m.tag_friendly,
	fast: m.tag_fast,
	clear: m.tag_clear,
	solved: m.tag_solved,
	waiting: m.tag_waiting,
	unfriendly: m.tag_unfriendly,
	unclear: m.tag_unclear,
	unsolved: m.tag_unsolved
};
const ratingSources: Words<RatingSource> = {
	visit: m.rating_source_visit,
	kiosk: m.rating_source_kiosk,
	place: m.rating_source_place,
	web: m.rating_source_web,
	api: m.rating_source_api
};
const ratingStates: Words<RatingState> = {
	counted: m.rating_state_counted,
	held: m.rating_state_held,
	voided: m.rating_state_voided
};
const ratingReasons: Words<SetAsideReason | CountReason> = {
	trial: m.set_aside_reason_trial,
	duplicate: m.set_aside_reason_duplicate,
	wrong_officer: m.set_aside_reason_wrong_officer,
	spam: m.set_aside_reason_spam,
	personal_data: m.set_aside_reason_personal_data,
	genuine: m.count_reason_genuine,
	mistake: m.count_reason_mistake
};

export const scoreWord = (score: Score) => scores[score]();
export const aspectWord = (aspect: Aspect) => aspects[aspect]();
export const tagWord = (tag: RatingTag) => tags[tag]();
export const ratingSourceWord = (source: RatingSource) => ratingSources[source]();
export const ratingStateWord = (state: RatingState) => ratingStates[state]();
export const ratingReasonWord = (reason: SetAsideReason | CountReason) => ratingReasons[reason]();
