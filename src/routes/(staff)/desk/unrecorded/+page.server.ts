import { now } from '#lib/server/clock.ts';
import { sumCounts, listUnrecorded } from '#lib/server/escalation/unrecorded.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { unrecordedChoice } from '#lib/server/web/filters/list-filters.ts';

export const load = withActor(async (actor, { url }) => {
	const { units, lists, unit, filter } = await unrecordedChoice(actor, url.searchParams);
	const page = await listUnrecorded(actor, filter, url.searchParams.get('cursor') ?? undefined);
	return {
		filter,
		lists,
		units: units.filter(({ duty }) => duty === (filter.view === 'duty')),
		shown: unit ? sumCounts([unit]) : lists[filter.view],
		zone: (unit ?? units[0])?.timeZone ?? 'UTC',
		done: url.searchParams.get('done'),
		/** The office of the address has no report left, so the list of all offices is shown. */
		officeDone: url.searchParams.has('unit') && !unit,
		now: now(),
		...page
	};
});
