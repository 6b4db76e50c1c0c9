/** Values of a rating as used in forms, the API and the database. Texts for screens are in `messages`. */

export const SCORES = [1, 2, 3, 4, 5] as const;
export type Score = (typeof SCORES)[number];

export const ASPECTS = ['courtesy', 'speed', 'knowledge'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Source of a rating. Only `visit`, a one-time token, can make it verified. */
export const RATING_SOURCES = ['visit', 'kiosk', 'place', 'web', 'api'] as const;
export type RatingSource = (typeof RATING_SOURCES)[number];

/** Only `counted` ratings are in figures. `held`: a manager must decide. `voided`: decided not to count. */
export const RATING_STATES = ['counted', 'held', 'voided'] as const;
export type RatingState = (typeof RATING_STATES)[number];

/** Why a manager excludes a rating from the figures. The list is closed, so that a low score is not a reason. */
export const SET_ASIDE_REASONS = ['trial', 'duplicate', 'wrong_officer', 'spam', 'personal_data'] as const;
export type SetAsideReason = (typeof SET_ASIDE_REASONS)[number];

/** Why a manager lets a held or voided rating count. */
export const COUNT_REASONS = ['genuine', 'mistake'] as const;
export type CountReason = (typeof COUNT_REASONS)[number];

/** Reason stored by the site for a rating it holds: a rate limit was exceeded. */
export const OVER_BUDGET = 'over_budget';

/** Name of the button by which a visitor says that another officer than the shown one served them. */
export const NOT_THEM = 'not_them';

/** Days after the service within which a rating may be given. A tablet's rating that arrives later is held for a manager. */
export const LATEST_DAYS = 7;
export const LONGEST_COMMENT = 500;

export const PRAISE = ['friendly', 'fast', 'clear', 'solved'] as const;
export const IMPROVEMENTS = ['waiting', 'unfriendly', 'unclear', 'unsolved'] as const;

/** Tags of a rating. The list is closed, because tags are counted and compared. Screens show them in this order. */
export const RATING_TAGS = [...PRAISE, ...IMPROVEMENTS] as const;
export type RatingTag = (typeof RATING_TAGS)[number];

/** Up to this score a form asks what to improve, and a tablet gives more time to answer. */
export const IMPROVABLE = 3;

/** The tags that a form offers for a score: what to improve, or praise. */
export const tagsFitting = (score: number): readonly RatingTag[] => (score <= IMPROVABLE ? IMPROVEMENTS : PRAISE);
