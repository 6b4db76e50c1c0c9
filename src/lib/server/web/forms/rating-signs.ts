import type { RequestEvent } from '@sveltejs/kit';
import type { Signal } from '#lib/ratings/signals.ts';
import { addressKey, consume, type BudgetName } from '#lib/server/people/limits.ts';
import type { Sender } from '#lib/server/ratings/signals.ts';
import { clientAddress } from '../http/address.ts';
import { deviceOf } from '../cookies/device.ts';
import { looksMachineMade } from './form-signs.ts';

/** The same for a paired tablet: a person signed in there belongs to the office. */
export async function kioskSigns(
	event: RequestEvent,
	typed: Record<string, string | string[]>,
	kioskId: string
): Promise<Signal[]> {
	const noticed: Signal[] = [];
	if (event.locals.actor) noticed.push('own_session');
	if (!(await consume('rating_place', kioskId))) noticed.push('over_budget');
	if (await looksMachineMade(typed, 'rating')) noticed.push('machine');
	return noticed;
}

/**
 * Collects signals about the sender of a rating form: budgets of place, browser and address, and signs of a machine. A rating
 * over a budget is held, never refused.
 *
 * @param invited by a scanned place, which has its own budget, or by a visit's link; visitors at a counter share the office's
 * network
 */
export async function ratingSigns(
	event: RequestEvent,
	typed: Record<string, string | string[]>,
	{ placeId, byLink }: { placeId?: string | undefined; byLink?: boolean }
): Promise<{ sender: Sender; noticed: Signal[] }> {
	const device = await deviceOf(event.cookies);
	const address = clientAddress(event);
	const budgets: [BudgetName, string][] = [
		['rating_device', device],
		[byLink || placeId !== undefined ? 'rating_address_invited' : 'submission_address', addressKey(address)],
		...(placeId === undefined ? [] : [['rating_place', placeId] as [BudgetName, string]])
	];
	// Every budget is consumed, even if another one is already exceeded.
	const spent = await Promise.all(budgets.map(([name, key]) => consume(name, key)));
	const noticed: Signal[] = [];
	if (spent.includes(false)) noticed.push('over_budget');
	if (await looksMachineMade(typed, 'rating')) noticed.push('machine');
	return {
		sender: { actor: event.locals.actor, addresses: [addressKey(address), addressKey(address, 1)], device },
		noticed
	};
}
