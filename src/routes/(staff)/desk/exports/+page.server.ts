import { inboxAddress } from '#lib/cases/inbox-query.ts';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { deskUnits } from '#lib/server/cases/inbox/desk-units.ts';
import { cancelExport, ownExports, requestExport, STREAMED_ROWS } from '#lib/server/exports/request.ts';
import { FILE_HOURS } from '#lib/server/exports/sweep.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url, depends }) => {
	depends('desk:exports');
	const { q: _words, ...choice } = readInboxChoice(url.searchParams);
	return {
		exports: await ownExports(actor),
		offices: (await deskUnits(actor)).map(({ slug, name }) => ({ slug, name })),
		timeZone: (await homeUnit(actor))?.timeZone ?? 'UTC',
		/** Query of the list that the person came from; default: all cases. */
		query: inboxAddress(choice).split('?')[1] ?? 'status=all',
		atOnce: STREAMED_ROWS,
		keptHours: FILE_HOURS
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { locals }) => {
		if (data.step === 'cancel') {
			await cancelExport(actor, String(data.id));
			return '/desk/exports';
		}
		const request = await requestExport(actor, locals.lang, { format: data.format, query: data.query ?? '' });
		return 'job' in request ? '/desk/exports' : `/desk/exports/file?format=${request.now.format}&${request.now.query}`;
	})
};
