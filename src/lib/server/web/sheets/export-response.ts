import type { RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { invalid } from '#lib/server/errors.ts';
import { MEDIA_TYPES, readExport, type ExportFormat } from '#lib/server/exports/file.ts';
import { exportedFilter, ownExport } from '#lib/server/exports/request.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { download } from '../http/file-response.ts';
import { withActor } from '../http/staff-page.ts';
import { streamExport } from './list-sheet.ts';

const nameOf = (day: string, format: ExportFormat) => `laporan-${day}.${format}`;

/** Streams the reports of a filter as a file. Only `requestExport` checks that there are few. */
export const streamedExport = withActor(async (actor, { locals, url }: RequestEvent) => {
	const { format: asked, ...rest } = Object.fromEntries(url.searchParams);
	const format = (['csv', 'xlsx'] as const).find((one) => one === asked);
	if (!format) throw invalid('format', 'export_format');
	const { filter, query } = await exportedFilter(actor, new URLSearchParams(rest).toString());
	const unit = await homeUnit(actor);
	const zone = unit?.timeZone ?? 'UTC';
	const exported = { list: 'cases', filter: new URLSearchParams(query) } as const;
	const table = { format, filter, query, zone, lang: locals.lang };
	const out = streamExport(actor, unit?.id ?? null, exported, (to, signal, addRows) =>
		writeCases(to, actor, table, signal, async (_, __, ids) => addRows(ids.length))
	);
	return download(out, MEDIA_TYPES[format], nameOf(localDate(now(), zone), format));
});

/** Downloads the finished file of an export that a job wrote. */
export const finishedExport = withActor(async (actor, { params }: RequestEvent<{ id: string }>) => {
	const { file, format, bytes, createdAt } = await ownExport(actor, params.id);
	const unit = await homeUnit(actor);
	const day = localDate(createdAt, unit?.timeZone ?? 'UTC');
	return download(readExport(file), MEDIA_TYPES[format], nameOf(day, format), bytes);
});
