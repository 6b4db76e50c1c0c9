import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type ExcelJS from 'exceljs';
import { localDate, localTime } from '#lib/calendar/days.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';

/** A moment in the zone of an office, because a spreadsheet knows no zones. */
interface LocalMoment {
	at: Date;
	zone: string;
}
export type Cell = string | number | LocalMoment | null | undefined;

export interface Column<Row> {
	label: string;
	/** In characters. */
	width: number;
	/** A spreadsheet can sort cells of moments. */
	moment?: boolean;
	value: (row: Row) => Cell;
}

export const textColumn = <Row>(label: string, width: number, value: (row: Row) => Cell): Column<Row> => ({
	label,
	width,
	value
});

/** A column of moments, each in the zone of the row's own office. */
export const momentColumn = <Row extends { unit: { timeZone: string } }>(
	label: string,
	at: (row: Row) => Date | null | undefined
): Column<Row> => ({
	label,
	width: 18,
	moment: true,
	value: (row) => {
		const found = at(row);
		return found && { at: found, zone: row.unit.timeZone };
	}
});

/** Facts about a table for the last sheet of its file. */
interface AboutTable {
	list: string;
	/** In words or as a query string; empty: nothing was filtered. */
	filter: string;
	by: string;
	at: Date;
	zone: string;
	lang: 'id' | 'en';
}

/** A spreadsheet has at most 1,048,576 lines; further ones go on another sheet. */
const LINES_OF_SHEET = 1_000_000;

/** Number format of text: never a formula, even if somebody edits the cell. */
export const TEXT = '@';
const MOMENT = 'yyyy-mm-dd hh:mm';

/** A file with characters that XML forbids can't be opened. */
// eslint-disable-next-line no-control-regex -- control characters are what is removed
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

export const sheetText = (text: string) => text.toWellFormed().replace(FORBIDDEN, '');

function cellOf(value: Cell): string | number | Date | null {
	if (value === null || value === undefined || value === '') return null;
	if (typeof value === 'string') return sheetText(value);
	if (typeof value === 'number') return value;
	return new Date(`${localDate(value.at, value.zone)}T${localTime(value.at, value.zone)}:00Z`);
}

/**
 * Writes a table to `out` while its rows are read, as fast as the reader takes them, so that memory holds one batch.
 * @param counted called after each batch with the number of rows so far
 * @throws if `signal` ends it
 */
export async function writeSheet<Row>(
	out: Writable,
	columns: readonly Column<Row>[],
	batches: AsyncIterable<readonly Row[]>,
	about: AboutTable,
	signal: AbortSignal,
	counted: (rows: number) => void
): Promise<void> {
	const book = await openBook(out);
	const title = about.list;
	let sheet = newSheet(book, title, columns);
	let rows = 0;
	for await (const batch of batches) {
		for (const row of batch) {
			if (rows > 0 && rows % LINES_OF_SHEET === 0) {
				sheet.commit();
				sheet = newSheet(book, `${title} ${rows / LINES_OF_SHEET + 1}`, columns);
			}
			sheet.addRow(columns.map((column) => cellOf(column.value(row)))).commit();
			rows++;
		}
		counted(rows);
		await taken(sheet, signal);
	}
	sheet.commit();
	const last = book.addWorksheet(m.common_about());
	last.columns = [
		{ width: 24, style: { numFmt: TEXT } },
		{ width: 60, style: { numFmt: TEXT } }
	];
	for (const line of [
		[m.sheet_about_list(), about.list],
		[m.sheet_about_filter(), about.filter || m.sheet_about_no_filter()],
		[m.sheet_about_rows(), rows],
		[m.sheet_about_by(), about.by],
		[m.sheet_about_at(), formatDateTime(about.at, about.zone, about.lang)]
	])
		last.addRow(line.map(cellOf)).commit();
	last.commit();
	await book.commit();
}

/** A workbook that is written to `out` as it fills. Loads its library only now, a fifth of what a start of the site would load. */
export async function openBook(out: Writable): Promise<ExcelJS.stream.xlsx.WorkbookWriter> {
	const { default: Excel } = await import('exceljs');
	return new Excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
}

function newSheet<Row>(book: ExcelJS.stream.xlsx.WorkbookWriter, title: string, columns: readonly Column<Row>[]) {
	const sheet = book.addWorksheet(title, { views: [{ state: 'frozen', ySplit: 1 }] });
	sheet.columns = columns.map(({ width, moment }) => ({ width, style: { numFmt: moment ? MOMENT : TEXT } }));
	sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
	const head = sheet.addRow(columns.map(({ label }) => label));
	head.font = { bold: true };
	head.commit();
	return sheet;
}

/** Waits until the written rows are taken, because the writer itself buffers without limit. */
async function taken(sheet: ExcelJS.Worksheet, signal: AbortSignal): Promise<void> {
	const { stream } = sheet as unknown as { stream: { pipes: Writable[] } };
	// Writes nothing; the answer tells whether there is room.
	for (const pipe of stream.pipes) if (!pipe.write(Buffer.alloc(0))) await once(pipe, 'drain', { signal });
	signal.throwIfAborted();
}
