import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import { localDate, localTime } from '#lib/calendar/days.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';
import type { Cell, Column } from './sheet.ts';

/** Moments as `2026-12-04 09:30`, by which a text sorts as a time does. */
const cellOf = (cell: Cell): string | number => {
	if (cell === null || cell === undefined) return '';
	return typeof cell === 'object' ? `${localDate(cell.at, cell.zone)} ${localTime(cell.at, cell.zone)}` : cell;
};

/**
 * Writes a table as CSV (UTF-8 with its mark, so that a spreadsheet reads it as such) while its rows are read, and waits for
 * whoever takes them. What somebody typed is never a formula (`formula-guard.ts`).
 *
 * @param counted told after each batch how many rows there are so far
 * @throws where `signal` ends it
 */
export async function writeCsv<Row>(
	out: Writable,
	columns: readonly Column<Row>[],
	batches: AsyncIterable<readonly Row[]>,
	signal: AbortSignal,
	counted: (rows: number) => void
): Promise<void> {
	const lines = (records: readonly (readonly (string | number)[])[], head = false) =>
		stringify(records as (string | number)[][], { ...GUARDED_CSV, bom: head });
	out.write(lines([columns.map(({ label }) => label)], true));
	let rows = 0;
	for await (const batch of batches) {
		rows += batch.length;
		const text = lines(batch.map((row) => columns.map((column) => cellOf(column.value(row)))));
		if (text && !out.write(text)) await once(out, 'drain', { signal });
		signal.throwIfAborted();
		counted(rows);
	}
	out.end();
}
