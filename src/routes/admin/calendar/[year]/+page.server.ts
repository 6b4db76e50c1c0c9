import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { missingDecrees, calendarYear, decreedYears } from '#lib/server/calendar/year.ts';
import { changeCalendar } from '#lib/server/cases/clocks/recount.ts';
import { mayChangeInstallation } from '#lib/server/people/administration.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import type { RequestEvent } from './$types';

export const load = ({ params, locals }) =>
	asPage(async () => {
		if (!/^20\d\d$/.test(params.year)) error(404, { message: m.error_not_found() });
		return {
			shown: await calendarYear(Number(params.year)),
			years: await decreedYears(),
			/** Other years whose decree is missed by now. */
			missed: (await missingDecrees()).filter((year) => year !== Number(params.year)),
			mayChange: await mayChangeInstallation(signedIn(locals))
		};
	});

const change = (type: string) => async (event: RequestEvent) => {
	const { data, files, typed } = await readForm(event.request);
	const { year } = event.params;
	return asForm(typed, async () => {
		// A decree comes as a file, or as text pasted into the form where a phone has no files to choose from.
		const csv = files[0] ? await files[0].text() : data.csv;
		const moved = await changeCalendar(signedIn(event.locals), { year, ...data, csv, type });
		redirect(303, `/admin/calendar/${year}?saved&moved=${moved}`);
	});
};

export const actions = { set: change('day_set'), remove: change('day_removed'), load: change('year_loaded') };
