/** The words of a rating, as they stand in forms, in the API and in the database. Screens have their own, in `messages`. */

export const SCORES = [1, 2, 3, 4, 5] as const;
export type Score = (typeof SCORES)[number];

export const ASPECTS = ['courtesy', 'speed', 'knowledge'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Where a rating came from. Only `visit`, a one-time token, makes it verified. */
export const RATING_SOURCES = ['visit', 'kiosk', 'place', 'web', 'api'] as const;
export type RatingSource = (typeof RATING_SOURCES)[number];

/** `counted` alone enters figures; `held` waits for a manager; `voided` was decided not to count. */
export const RATING_STATES = ['counted', 'held', 'voided'] as const;
export type RatingState = (typeof RATING_STATES)[number];

/** Why a manager takes a rating out of the figures: a closed list, so that a bad score is not a reason. */
export const SET_ASIDE_REASONS = ['trial', 'duplicate', 'wrong_officer', 'spam', 'personal_data'] as const;
export type SetAsideReason = (typeof SET_ASIDE_REASONS)[number];

/** Why a manager lets a held or voided rating count. */
export const COUNT_REASONS = ['genuine', 'mistake'] as const;
export type CountReason = (typeof COUNT_REASONS)[number];

/** What the site itself notes on a rating that it holds: a budget was used up. */
export const OVER_BUDGET = 'over_budget';

/** A rating may be given, or arrive from a device without a line, this many days after the service. */
export const LATEST_DAYS = 7;
export const LONGEST_COMMENT = 500;

/**
 * The chips beside a rating. A closed list: a chip is counted and compared, a comment is read. The first four praise, the
 * last four tell what to work on; screens offer them in this order.
 */
export const RATING_TAGS = [
	'friendly',
	'fast',
	'clear',
	'solved',
	'waiting',
	'unfriendly',
	'unclear',
	'unsolved'
] as const;
export type RatingTag = (typeof RATING_TAGS)[number];
