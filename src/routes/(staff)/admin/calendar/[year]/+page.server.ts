import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { missingDecrees, calendarYear, decreedYears } from '#lib/server/calendar/year.ts';
import { changeCalendar } from '#lib/server/cases/clocks/change-calendar.ts';
import { decodeTable } from '#lib/server/csv-table.ts';
import { isRootAdmin, peopleToAsk } from '#lib/server/people/administration.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => {
	if (!/^20\d\d$/.test(params.year)) error(404, { message: m.error_not_found() });
	const shownYear = Number(params.year);
	return {
		shown: await calendarYear(shownYear),
		years: await decreedYears(),
		/** Other years whose holiday decree should have been loaded by now. */
		missed: (await missingDecrees()).filter((year) => year !== shownYear),
		mayChange: await isRootAdmin(actor),
		toAsk: await peopleToAsk(actor)
	};
});

const change = (type: string) =>
	formAction(async (actor, { data, files }, { params: { year } }: RequestEvent) => {
		// The holiday decree is sent as a file or as pasted text, because some phones can't choose files.
		const csv = files[0] ? decodeTable(new Uint8Array(await files[0].arrayBuffer())) : data.csv;
		const moved = await changeCalendar(actor, { year, ...data, csv, type });
		return `/admin/calendar/${year}?saved&moved=${moved}`;
	});

export const actions = { set: change('day_set'), remove: change('day_removed'), load: change('year_loaded') };
