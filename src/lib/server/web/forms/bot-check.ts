import type { RequestEvent } from '@sveltejs/kit';
import { DAY_SECONDS } from '#lib/calendar/durations.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { decryptFromBrowser, encryptForBrowser } from '#lib/server/keys.ts';
import { addressKey, consume, consumeAll, type Counted } from '#lib/server/rate-limits.ts';
import type { Sender } from '#lib/server/ratings/compute-signals.ts';
import { deviceOf } from '../cookies/devices.ts';
import { clientAddress } from '../http/address.ts';
import type { Typed } from '../http/form.ts';

/** A field that people don't see and therefore leave empty. */
const TRAP_FIELD = 'homepage';
/** When the page was made, encrypted. */
const STAMP_FIELD = 'opened';
const STAMP_SECONDS = 7 * DAY_SECONDS;

/** Milliseconds. A form that is sent sooner was filled in by a machine. */
const MIN_FILL_MS = { case: 3000, rating: 500, survey: 5000 } as const;

/** Hourly rate limits per address. Ratings have their own. */
const ADDRESS_BUDGET = { case: 'submission_address', survey: 'survey_address' } as const;

/** Hidden fields of a form: its submission id and the time it was made. They are noted in `locals` for `sharedPages`. */
export async function hiddenFields({
	locals
}: Pick<RequestEvent, 'locals'>): Promise<NonNullable<App.Locals['hidden']>> {
	const opened = await encryptForBrowser({ ms: now().getTime() }, STAMP_FIELD, STAMP_SECONDS);
	return (locals.hidden = { submissionId: crypto.randomUUID(), opened });
}

/**
 * Whether a form was sent faster than anybody reads it, or its trap field was filled in. A missing or old time stamp
 * proves nothing, because pages stay open for days and other programs may send forms. Always false with LIMITS=off.
 */
export async function looksMachineMade(typed: Typed, formKind: keyof typeof MIN_FILL_MS): Promise<boolean> {
	if (!env().LIMITS) return false;
	const stamp = await decryptFromBrowser(String(typed[STAMP_FIELD] ?? ''), STAMP_FIELD);
	const tooFast = typeof stamp?.ms === 'number' && now().getTime() - stamp.ms < MIN_FILL_MS[formKind];
	return tooFast || (typed[TRAP_FIELD] ?? '') !== '';
}

/**
 * Whether a submission looks machine-made or its address is over the rate limit. It is then flagged for review, never
 * refused.
 */
export async function isDoubtful(event: RequestEvent, typed: Typed, formKind: 'case' | 'survey'): Promise<boolean> {
	const [withinBudget, byMachine] = await Promise.all([
		consume(ADDRESS_BUDGET[formKind], addressKey(clientAddress(event))),
		looksMachineMade(typed, formKind)
	]);
	return !withinBudget || byMachine;
}

/**
 * Signals about the sender of a rating form: rate limits of place, browser and address, and signs of a machine. A
 * rating over a rate limit is held, never refused.
 *
 * @param from `placeId`: a scanned place, which has its own rate limit; `byLink`: a visit's link. Visitors at a counter
 *   share the office's network.
 */
export async function ratingSigns(
	event: RequestEvent,
	typed: Typed,
	{ placeId, byLink }: { placeId?: string; byLink?: boolean }
): Promise<{ sender: Sender; noticed: Signal[] }> {
	const device = await deviceOf(event.cookies);
	const address = clientAddress(event);
	const budgets: Counted[] = [
		['rating_device', device],
		[byLink || placeId !== undefined ? 'rating_address_invited' : 'submission_address', addressKey(address)]
	];
	if (placeId !== undefined) budgets.push(['rating_place', placeId]);
	const [withinLimits, byMachine] = await Promise.all([consumeAll(budgets), looksMachineMade(typed, 'rating')]);
	return {
		sender: { actor: event.locals.actor, addresses: [addressKey(address), addressKey(address, 1)], device },
		noticed: [...(withinLimits ? [] : (['over_budget'] as const)), ...(byMachine ? (['machine'] as const) : [])]
	};
}

/** Signals about a rating on a paired tablet. If somebody is signed in there, it is a person of the office. */
export async function kioskSigns(event: RequestEvent, typed: Typed, kioskId: string): Promise<Signal[]> {
	const noticed: Signal[] = [];
	if (event.locals.actor) noticed.push('own_session');
	if (!(await consume('rating_place', kioskId))) noticed.push('over_budget');
	if (await looksMachineMade(typed, 'rating')) noticed.push('machine');
	return noticed;
}
