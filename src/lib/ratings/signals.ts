/**
 * What looks unusual about a rating when it comes in. Reasons to look, never to refuse: each alone has an honest explanation.
 * The strong ones hold the rating until a manager has decided; the others let it count and mark it.
 */
export const SIGNALS = [
	/** Sent while the officer or somebody of the office was signed in there. */
	'own_session',
	/** Sent from a network in which the officer was signed in within a day, and not by way of the office's own codes. */
	'own_network',
	/** The same device rates the same officer a second time within a day. */
	'same_device',
	/** The same once more, and every time after. */
	'same_device_often',
	/** More ratings of one officer within ten minutes than anybody can serve. */
	'burst',
	/** The same words for the same officer within thirty days. */
	'same_text',
	/** The same for the third time and more, or within a burst. */
	'same_text_often',
	/** Outside the office's hours, on a day off, or both. */
	'outside_hours',
	/** A budget of the place, the device or the address was used up. */
	'over_budget',
	/** Filled in faster than anybody reads, or where people see no field. */
	'machine',
	/** Kept by a tablet that was withdrawn before it could send. */
	'withdrawn_device',
	/** By a visit's link that was opened at the office: on the device or with the account that noted the visit. */
	'made_here',
	/** By a visit's link, sooner after the end of the visit than its visitor can have opened and answered it. */
	'too_soon',
	/** By a visit's link, of a day on which the officer had many more visits than usual. */
	'many_visits',
	/** Kept by a tablet for longer than ratings may be late: figures that were read long ago would change. */
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

/** Whether a rating with these signals waits for a manager before it counts. */
export const heldBy = (signals: readonly string[]): boolean => signals.some((signal) => HOLDING.has(signal));

export const BURST = 5;
/** Days within which the same words count as repeated. */
export const SAME_TEXT_DAYS = 30;
/** From this many earlier ratings with the same words, the rating is held. */
export const SAME_TEXT_OFTEN = 2;

const LEAST_WORDS = 3;
const LEAST_LETTERS = 12;

/**
 * A comment as it is compared with others: letters and digits alone, in lower case. Undefined if it is too short to
 * tell anything: many people write "bagus sekali".
 */
export function comparedText(comment: string | undefined): string | undefined {
	const words = (comment ?? '')
		.normalize('NFKC')
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
	const text = words.join(' ');
	return words.length < LEAST_WORDS || text.length < LEAST_LETTERS ? undefined : text;
}
