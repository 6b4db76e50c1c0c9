import { once } from 'node:events';
import { logCsvLine } from '#lib/server/people/audit-log.ts';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { shownLogEntries } from '#lib/server/web/audit-lines.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { logFilter } from '#lib/server/web/filters/list-filters.ts';
import { filterOf, streamExport } from '#lib/server/web/sheets/list-sheet.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { url }: RequestEvent) => {
	const [unit] = await unitsForAdmin(actor);
	const entries = shownLogEntries(actor, logFilter(url.searchParams), unit?.timeZone ?? 'Asia/Makassar');
	const exported = { list: 'log', filter: filterOf(url) } as const;
	const out = streamExport(actor, unit?.id ?? null, exported, async (to, signal, addRows) => {
		to.write(logCsvLine());
		for await (const entry of entries) {
			addRows(1);
			if (!to.write(logCsvLine(entry))) await once(to, 'drain', { signal });
			signal.throwIfAborted();
		}
		to.end();
	});
	return download(out, 'text/csv; charset=utf-8', 'catatan-perubahan.csv');
});
