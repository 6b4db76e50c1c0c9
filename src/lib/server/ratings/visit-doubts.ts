import type { Signal } from '#lib/ratings/signals.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isFromOffice, isTooSoon } from '#lib/server/visits/opening.ts';
import { isBusyDay } from './busy-days.ts';
import type { Sender } from './signals.ts';
import type { Surroundings } from './submission.ts';

const UNVERIFIED: readonly Signal[] = ['made_here', 'too_soon'];

/** Whether one of these signals suggests that somebody else sent it. */
export const unverified = (doubts: readonly Signal[]): boolean => doubts.some((doubt) => UNVERIFIED.includes(doubt));

/**
 * Signals that a rating by a visit's link is not the visitor's own (docs/decisions/0010). The time since the visit is checked only
 * for browsers, because another system may record a visit when its rating is given.
 */
export async function visitDoubts(
	visit: Surroundings['visit'],
	{ sender, tokenOf }: { sender?: Sender; tokenOf?: Actor }
): Promise<{ fromOffice: boolean; doubts: Signal[] }> {
	if (!visit) return { fromOffice: false, doubts: [] };
	const actor = sender?.actor ?? tokenOf ?? null;
	const fromOffice = await isFromOffice(visit, { actor, device: sender?.device ?? null });
	const doubts: Signal[] = [];
	if (fromOffice || visit.openedByMaker) doubts.push('made_here');
	if (sender && (visit.openedTooSoon || isTooSoon(visit.closedAt))) doubts.push('too_soon');
	if (await isBusyDay(visit)) doubts.push('many_visits');
	return { fromOffice, doubts };
}
