import { inboxAddress, readInboxChoice } from '#lib/cases/inbox-query.ts';
import { ownExports, SENT_AT_ONCE } from '#lib/server/exports/request.ts';
import { KEPT_HOURS } from '#lib/server/exports/run.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { changeExports } from '#lib/server/web/forms/export-form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url, depends }) =>
	asPage(async () => {
		depends('desk:exports');
		const { q: _words, ...choice } = readInboxChoice(url.searchParams);
		const actor = signedIn(locals);
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
