/**
 * Signals that something about a new rating is unusual. They never refuse it, because each may have an honest
 * explanation. Strong signals hold the rating until a manager decides; with the others it counts and is listed for
 * review.
 */
export const SIGNALS = [
	/** Sent from a browser where the officer or somebody of the office was signed in. */
	'own_session',
	/**
	 * Sent from a network where the officer was signed in within a day. Ratings by a printed code, a tablet or a visit's
	 * link never get this signal, because visitors use the office's network.
	 */
	'own_network',
	/** The same device rates the same officer a second time within a day. */
	'same_device',
	/** The same device rates the same officer a third time or more within a day. */
	'same_device_often',
	/** More ratings of one officer within ten minutes than one officer can serve visitors. */
	'burst',
	/** The same words for the same officer within thirty days. */
	'same_text',
	/** The same words for the third time or more, or together with `burst`. */
	'same_text_often',
	/** Outside the office's hours or on a day off. */
	'outside_hours',
	/** A rate limit of the place, the device or the address was exceeded. */
	'over_budget',
	/** The form was filled in faster than a person can read, or a hidden field was filled in. */
	'machine',
	/** Sent by a tablet that was withdrawn before it could send the rating. */
	'withdrawn_device',
	/** By a visit's link that the office opened or used (`isFromOffice`). */
	'made_here',
	/** By a visit's link, opened or used sooner than a visitor can (`isTooSoon`). */
	'too_soon',
	/** By a visit's link, on a day with many more visits than usual for the officer or the unit. */
	'many_visits',
	/** Sent by a tablet more than `LATEST_DAYS` after it was given. It would change figures that people have already read. */
	'kept_long'
] as const;
export type Signal = (typeof SIGNALS)[number];

const HOLDING: ReadonlySet<string> = new Set<Signal>([
	'own_session',
	'own_network',
	'same_device_often',
	'same_text_often',
	'over_budget',
	'machine',
	'withdrawn_device',
	'kept_long'
]);

/** Whether a rating with these signals is held until a manager decides. */
export const holdsRating = (signals: readonly string[]): boolean => signals.some((signal) => HOLDING.has(signal));

/** More ratings of one officer than this within ten minutes get the signal `burst`. */
export const BURST = 5;
/** Days within which the same words count as repeated. */
export const SAME_TEXT_DAYS = 30;
/** From this many earlier ratings with the same words, the rating is held. */
export const SAME_TEXT_OFTEN = 2;

const LEAST_WORDS = 3;
const LEAST_CHARACTERS = 12;

/**
 * Normalises a comment for comparison: only letters and digits, in lower case. Undefined if it is too short, because
 * many visitors write "bagus sekali".
 */
export function comparedText(comment: string | undefined): string | undefined {
	const words = (comment ?? '')
		.normalize('NFKC')
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
	const text = words.join(' ');
	return words.length < LEAST_WORDS || text.length < LEAST_CHARACTERS ? undefined : text;
}
