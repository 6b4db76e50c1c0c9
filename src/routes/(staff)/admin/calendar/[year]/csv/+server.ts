import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { calendarYearCsv } from '#lib/server/calendar/year.ts';

export const GET = async ({ params }) => {
	if (!/^20\d\d$/.test(params.year)) error(404, { message: m.error_not_found() });
	return new Response(await calendarYearCsv(Number(params.year)), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="hari-libur-${params.year}.csv"`
		}
	});
};
