import { once } from 'node:events';
import { unitsForAdmin } from '#lib/server/people/units/units.ts';
import { auditCsv } from '#lib/server/web/audit-lines.ts';
import { download } from '#lib/server/web/http/file-response.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { logFilter } from '#lib/server/web/filters/list-filters.ts';
import { filterOf, streamExport } from '#lib/server/web/sheets/list-sheet.ts';
import type { RequestEvent } from './$types';

export const GET = withActor(async (actor, { url }: RequestEvent) => {
	const [unit] = await unitsForAdmin(actor);
	const lines = auditCsv(actor, logFilter(url.searchParams), unit?.timeZone ?? 'Asia/Makassar');
	const exported = { list: 'log', filter: filterOf(url) } as const;
	const out = streamExport(actor, unit?.id ?? null, exported, async (to, signal, addRows) => {
		// The first line is no entry.
		addRows(-1);
		for await (const line of lines) {
			addRows(1);
			if (!to.write(line)) await once(to, 'drain', { signal });
			signal.throwIfAborted();
		}
		to.end();
	});
	return download(out, 'text/csv; charset=utf-8', 'catatan-perubahan.csv');
});
