import { PassThrough } from 'node:stream';
import { formatDateTime } from '#lib/calendar/format.ts';
import { localDate } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';
import { now } from '#lib/server/clock.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordExport, type ExportedList } from '#lib/server/people/exports.ts';
import { homeUnit } from '#lib/server/people/units/home-unit.ts';
import { writeSheet, type Column } from '#lib/server/exports/sheet.ts';
import { toWebStream } from '#lib/server/web-stream.ts';

/** Rows read at a time. */
export const BATCH = 500;

/** A list of the desk as a download, read page by page with the list's own query. */
export interface ListSheet<Row> {
	list: ExportedList;
	title: string;
	/** The filter as in the list's address. */
	filter: URLSearchParams;
	columns: readonly Column<Row>[];
	page: (cursor: string | undefined) => Promise<{ items: readonly Row[]; nextCursor: string | null }>;
}

async function* batchesOf<Row>(page: ListSheet<Row>['page']): AsyncGenerator<readonly Row[]> {
	let cursor: string | undefined;
	do {
		const { items, nextCursor } = await page(cursor);
		yield items;
		cursor = nextCursor ?? undefined;
	} while (cursor);
}

/** The filter in a list's address, without the cursor of its page. */
export function filterOf(url: URL): URLSearchParams {
	const filter = new URLSearchParams(url.searchParams);
	for (const name of ['cursor', 'before', 'after']) filter.delete(name);
	return filter;
}

/**
 * Streams a list as a spreadsheet and records in the audit log who exported how many rows of which list, also if the client
 * disconnected halfway.
 */
export async function sheetAnswer<Row>(actor: Actor, lang: 'id' | 'en', sheet: ListSheet<Row>): Promise<Response> {
	const unit = await homeUnit(actor);
	const zone = unit?.timeZone ?? 'UTC';
	const at = now();
	const out = new PassThrough();
	const ended = new AbortController();
	out.once('close', () => ended.abort());
	const about = (rows: number) => ({
		title: m.sheet_about(),
		lines: [
			[m.sheet_about_list(), sheet.title],
			[
				m.sheet_about_filter(),
				[...sheet.filter].map(([name, value]) => `${name}=${value}`).join(' ') || m.sheet_about_no_filter()
			],
			[m.sheet_about_rows(), rows],
			[m.sheet_about_by(), actor.name],
			[m.sheet_about_at(), formatDateTime(at, zone, lang)]
		] as [string, string | number][]
	});
	let rows = 0;
	const writing = writeSheet(
		out,
		sheet.title,
		sheet.columns,
		batchesOf(sheet.page),
		about,
		ended.signal,
		(n) => (rows = n)
	);
	void writing
		.then(
			() => true,
			(cause: unknown) => {
				// A client that disconnected needs no answer. A file that broke in the middle must not look complete.
				if (!ended.signal.aborted) log().error({ err: cause, list: sheet.list }, 'a list was not sent to its end');
				out.destroy(cause instanceof Error ? cause : undefined);
				return false;
			}
		)
		.then((complete) =>
			recordExport(actor, unit?.id ?? null, {
				list: sheet.list,
				filter: Object.fromEntries(sheet.filter),
				rows,
				complete
			})
		)
		.catch((cause: unknown) => log().error({ err: cause, list: sheet.list }, 'an export was not noted'));
	return new Response(toWebStream(out), {
		headers: {
			'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
			'content-disposition': `attachment; filename="${sheet.list}-${localDate(at, zone)}.xlsx"`,
			'cache-control': 'private, no-store',
			'x-content-type-options': 'nosniff'
		}
	});
}
