import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { localDate, localTime } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { now } from '#lib/server/clock.ts';
import type { InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { caseColumns } from './case-columns.ts';
import { casePortions, type CaseRecord } from './case-rows.ts';
import type { ExportFormat } from './file.ts';
import { filterWords } from './filter-words.ts';
import { writeSheet, type Cell, type Column } from './sheet.ts';

interface CaseTable {
	format: ExportFormat;
	filter: InboxFilter;
	/** The filter as a query string, for the sheet about the file. */
	query: string;
	/** Time zone for the time of the export. */
	zone: string;
	lang: Locale;
}

/**
 * Writes the reports of a filter that the actor may see to `out` while they are read, and ends `out`. Memory holds one
 * slice.
 *
 * @param step called before each slice is written, because a client that disconnects may already have it; an error that
 * it throws ends the writing
 * @returns the number of reports
 * @throws if `signal` ends it
 */
export async function writeCases(
	out: Writable,
	actor: Actor,
	{ format, filter, query, zone, lang }: CaseTable,
	signal: AbortSignal,
	step: (rows: number, progress: number, ids: readonly number[]) => Promise<void> = async () => {}
): Promise<number> {
	let rows = 0;
	async function* batches(): AsyncGenerator<readonly CaseRecord[]> {
		for await (const { items, progress } of casePortions(actor, filter)) {
			signal.throwIfAborted();
			rows += items.length;
			await step(
				rows,
				progress,
				items.map(({ id }) => id)
			);
			yield items;
		}
	}
	const columns = caseColumns();
	if (format === 'csv') await writeCsv(out, columns, batches(), signal);
	else {
		const words = await filterWords('cases', new URLSearchParams(query));
		const about = { list: m.term_cases(), filter: words, by: actor.name, at: now(), zone, lang };
		await writeSheet(out, columns, batches(), about, signal);
	}
	if (!out.writableFinished) await once(out, 'finish', { signal });
	return rows;
}

/** The cell in CSV. A moment is `2026-12-04 09:30`, which can be sorted as text. */
const cellOf = (cell: Cell): string | number => {
	if (cell === null || cell === undefined) return '';
	return typeof cell === 'object' ? `${localDate(cell.at, cell.zone)} ${localTime(cell.at, cell.zone)}` : cell;
};

/**
 * Writes a table as CSV while its rows are read, and waits for the reader of `out`. The text is UTF-8 with a byte order
 * mark, for spreadsheets. No cell can run as a formula (`formula-guard.ts`).
 * @throws if `signal` ends it
 */
export async function writeCsv<Row>(
	out: Writable,
	columns: readonly Column<Row>[],
	batches: AsyncIterable<readonly Row[]>,
	signal: AbortSignal
): Promise<void> {
	const lines = (records: readonly (readonly (string | number)[])[], head = false) =>
		stringify(records as (string | number)[][], { ...GUARDED_CSV, bom: head });
	out.write(lines([columns.map(({ label }) => label)], true));
	for await (const batch of batches) {
		const text = lines(batch.map((row) => columns.map((column) => cellOf(column.value(row)))));
		if (text && !out.write(text)) await once(out, 'drain', { signal });
		signal.throwIfAborted();
	}
	out.end();
}
