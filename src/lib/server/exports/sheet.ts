import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type ExcelJS from 'exceljs';
import { localDate, localTime } from '#lib/calendar/days.ts';

/** A moment as the wall clock of an office shows it: a spreadsheet knows no zones. */
export interface LocalMoment {
	at: Date;
	zone: string;
}
export type Cell = string | number | LocalMoment | null | undefined;

export interface Column<Row> {
	label: string;
	/** In characters. */
	width: number;
	/** Moments are cells of their own kind, by which a spreadsheet can sort. */
	moment?: boolean;
	value: (row: Row) => Cell;
}

/** A spreadsheet ends at 1,048,576 lines; what is more goes on a further sheet. */
const LINES_OF_SHEET = 1_000_000;

/** A sheet of text: never a formula, also where somebody clicks into a cell and leaves it again. */
export const TEXT = '@';
const MOMENT = 'yyyy-mm-dd hh:mm';

/** Characters that no XML may hold make a file that can't be opened. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

export const sheetText = (text: string) => text.toWellFormed().replace(FORBIDDEN, '');

function cellOf(value: Cell): string | number | Date | null {
	if (value === null || value === undefined || value === '') return null;
	if (typeof value === 'string') return sheetText(value);
	if (typeof value === 'number') return value;
	return new Date(`${localDate(value.at, value.zone)}T${localTime(value.at, value.zone)}:00Z`);
}

/**
 * Writes a table to `out` while its rows are read. It waits for whoever takes them: nothing piles up here, however long
 * the table is.
 *
 * @param about a last sheet of facts on the table, told how many rows there were
 * @param counted told after each batch how many rows there are so far
 * @throws where `signal` ends it
 */
export async function writeSheet<Row>(
	out: Writable,
	title: string,
	columns: readonly Column<Row>[],
	batches: AsyncIterable<readonly Row[]>,
	about: (rows: number) => { title: string; lines: [string, string | number][] },
	signal: AbortSignal,
	counted: (rows: number) => void
): Promise<void> {
	const book = await openBook(out);
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
	const facts = about(rows);
	const last = book.addWorksheet(facts.title);
	last.columns = [
		{ width: 24, style: { numFmt: TEXT } },
		{ width: 60, style: { numFmt: TEXT } }
	];
	for (const line of facts.lines) last.addRow(line.map(cellOf)).commit();
	last.commit();
	await book.commit();
}

/** A workbook that is written to `out` as it fills. Its library is loaded only now: a start of the site loads a fifth less. */
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

/** Waits until what was written has gone on: the writer itself takes everything and keeps it. */
async function taken(sheet: ExcelJS.Worksheet, signal: AbortSignal): Promise<void> {
	const { stream } = sheet as unknown as { stream: { pipes: Writable[] } };
	// Nothing more to write: only the answer, whether there is room, is of interest.
	for (const pipe of stream.pipes) if (!pipe.write(Buffer.alloc(0))) await once(pipe, 'drain', { signal });
	signal.throwIfAborted();
}
