import { Readable } from 'node:stream';
import { logCsvLine } from '#lib/server/people/audit-log.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { shownLogEntries } from '#lib/server/web/audit-lines.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { toWebStream } from '#lib/server/web-stream.ts';
import { logFilter } from '#lib/server/web/filters/list-filters.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { url }: RequestEvent) => {
	const [unit] = await unitsForAdmin(actor);
	const entries = shownLogEntries(actor, logFilter(url.searchParams), unit?.timeZone ?? 'Asia/Makassar');
	async function* lines() {
		yield logCsvLine();
		for await (const entry of entries) yield logCsvLine(entry);
	}
	return new Response(toWebStream(Readable.from(lines(), { objectMode: false })), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': 'attachment; filename="catatan-perubahan.csv"',
			'cache-control': 'private, no-store'
		}
	});
});
