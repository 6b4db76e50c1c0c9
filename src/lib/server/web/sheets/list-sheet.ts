import { PassThrough } from 'node:stream';
import type { RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordExport, type ExportedList } from '#lib/server/people/audit.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { outsideTrial } from '#lib/server/people/units/trial.ts';
import { MEDIA_TYPES, type ExportFormat } from '#lib/server/exports/file.ts';
import { filterWords } from '#lib/server/exports/filter-words.ts';
import { writeSheet, type Column } from '#lib/server/exports/sheet.ts';
import { writeCsv } from '#lib/server/exports/write.ts';
import { download } from '../http/file-response.ts';
import { withActor } from '../http/staff-page.ts';

export const BATCH = 500;

/** A list of the desk as a download, read page by page with the list's own query. */
interface ListSheet<Row> {
	list: ExportedList;
	title: string;
	filter: URLSearchParams;
	/** What the file's name says besides the list; by default the present date. */
	about?: string;
	columns: readonly Column<Row>[];
	page: (cursor: string | undefined) => Promise<{ items: readonly Row[]; nextCursor: string | null }>;
}

type Lang = App.Locals['lang'];
type OwnFilter<Row> = Omit<ListSheet<Row>, 'filter'> & { filter?: URLSearchParams };

/**
 * Makes the request handler that exports the list `of` describes, with the filter of the address, as Excel or with
 * `format=csv` as CSV.
 */
export const listSheet = <Row>(of: (actor: Actor, url: URL, lang: Lang) => OwnFilter<Row> | Promise<OwnFilter<Row>>) =>
	withActor(async (by, { locals, url }: RequestEvent) => {
		const actor = await outsideTrial(by);
		return sheetResponse(
			actor,
			locals.lang,
			{ filter: filterOf(url), ...(await of(actor, url, locals.lang)) },
			url.searchParams.get('format') === 'csv' ? 'csv' : 'xlsx'
		);
	});

export function filterOf(url: URL): URLSearchParams {
	const filter = new URLSearchParams(url.searchParams);
	for (const name of ['cursor', 'before', 'after', 'format']) filter.delete(name);
	return filter;
}

/** The filter as the log keeps it: that words were searched, and not the words, which can be a reporter's name. */
const logged = (filter: URLSearchParams) =>
	Object.fromEntries([...filter].map(([name, value]) => [name, name === 'q' && value ? 'on' : value]));

async function* batchesOf<Row>(
	first: Awaited<ReturnType<ListSheet<Row>['page']>>,
	page: ListSheet<Row>['page'],
	addRows: (count: number) => void
): AsyncGenerator<readonly Row[]> {
	for (let batch = first; ; batch = await page(batch.nextCursor)) {
		// Before they are written, because a client that disconnects may already have them.
		addRows(batch.items.length);
		yield batch.items;
		if (!batch.nextCursor) return;
	}
}

export async function sheetResponse<Row>(
	actor: Actor,
	lang: Lang,
	sheet: ListSheet<Row>,
	format: ExportFormat = 'xlsx'
): Promise<Response> {
	const { list, title, filter, columns, page, about: named } = sheet;
	const unit = await homeUnit(actor);
	const zone = unit?.timeZone ?? 'UTC';
	const at = now();
	const about = { list: title, filter: await filterWords(list, filter), by: actor.name, at, zone, lang };
	// Read before the response begins, so that a refusal still has its status.
	const first = await page(undefined);
	const out = streamExport(actor, unit?.id ?? null, { list, filter }, (to, signal, addRows) => {
		const batches = batchesOf(first, page, addRows);
		return format === 'csv' ? writeCsv(to, columns, batches, signal) : writeSheet(to, columns, batches, about, signal);
	});
	return download(out, MEDIA_TYPES[format], `${list}-${named ?? localDate(at, zone)}.${format}`);
}

/**
 * Runs `write` into a stream, and records in the audit log who exported how many rows of which list, also if the client
 * disconnected halfway.
 */
export function streamExport(
	actor: Actor,
	unitId: string | null,
	{ list, filter }: Pick<ListSheet<unknown>, 'list' | 'filter'>,
	write: (to: PassThrough, signal: AbortSignal, addRows: (count: number) => void) => Promise<unknown>
): PassThrough {
	const out = new PassThrough();
	const ended = new AbortController();
	out.once('close', () => ended.abort());
	let rows = 0;
	void write(out, ended.signal, (count) => (rows += count))
		.then(
			() => true,
			(cause: unknown) => {
				// A disconnected client needs no response. A file that broke off must not look complete.
				if (!ended.signal.aborted) log().error({ err: cause, list }, 'a list was not sent to its end');
				out.destroy(cause instanceof Error ? cause : undefined);
				return false;
			}
		)
		.then((complete) => recordExport(actor, unitId, { list, filter: logged(filter), rows, complete }))
		.catch((cause: unknown) => log().error({ err: cause, list }, 'an export was not recorded'));
	return out;
}
