import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { calendarYearCsv } from '#lib/server/calendar/year.ts';
import { download } from '#lib/server/web/http/file-response.ts';

export const GET = async ({ params }) => {
	if (!/^20\d\d$/.test(params.year)) error(404, { message: m.error_not_found() });
	const csv = Buffer.from(await calendarYearCsv(Number(params.year)));
	return download(csv, 'text/csv; charset=utf-8', `hari-libur-${params.year}.csv`);
};
