import { applyCalendarChange } from '#lib/server/calendar/change-days-off.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recomputeAfter } from './recompute-deadlines.ts';

/**
 * Changes the days off and recomputes every running deadline, so that deadlines always match the calendar.
 *
 * @returns how many cases have a new due time, or one that is no longer provisional
 * @throws as `applyCalendarChange`
 */
export async function changeCalendar(actor: Actor, raw: unknown): Promise<number> {
	return recomputeAfter(actor, (tx) => applyCalendarChange(tx, actor, raw));
}
