import { inboxAddress, readInboxChoice } from '#lib/cases/inbox-query.ts';
import { ownExports, SENT_AT_ONCE } from '#lib/server/exports/request.ts';
import { KEPT_HOURS } from '#lib/server/exports/run.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { changeExports } from '#lib/server/web/forms/export-form.ts';

export const load = withActor(async (actor, { url, depends }) => {
	depends('desk:exports');
	const { q: _words, ...choice } = readInboxChoice(url.searchParams);
	return {
		exports: await ownExports(actor),
		timeZone: (await homeUnit(actor))?.timeZone ?? 'UTC',
		/** The list somebody came from; without one, everything. */
		query: inboxAddress(choice).split('?')[1] ?? 'status=all',
		atOnce: SENT_AT_ONCE,
		keptHours: KEPT_HOURS
	};
});

export const actions = { default: (event) => changeExports(event) };
