import { now } from '#lib/server/clock.ts';
import { addUp, listUnrecorded } from '#lib/server/escalation/unrecorded.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { unrecordedChoice } from '#lib/server/web/filters/list-filters.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const { units, lists, unit, filter } = await unrecordedChoice(actor, url.searchParams);
		const page = await listUnrecorded(actor, filter, url.searchParams.get('cursor') ?? undefined);
		return {
			filter,
			lists,
			units: units.filter(({ duty }) => duty === (filter.view === 'duty')),
			shown: unit ? addUp([unit]) : lists[filter.view],
			zone: (unit ?? units[0])?.timeZone ?? 'UTC',
			done: url.searchParams.get('done'),
			now: now(),
			...page
		};
	});
