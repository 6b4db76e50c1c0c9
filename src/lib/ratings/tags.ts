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
