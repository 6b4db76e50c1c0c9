import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type ExcelJS from 'exceljs';
import { localDate, localTime, type LocalDate } from '#lib/calendar/days.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';

/** A moment with the time zone of its office. The cell has the local time, because a spreadsheet has no zones. */
interface LocalMoment {
	at: Date;
	zone: string;
}
export type Cell = string | number | LocalMoment | null | undefined;

export interface Column<Row> {
	label: string;
	/** In characters. */
	width: number;
	/** The cells are dates with a time that a spreadsheet can sort. */
	moment?: boolean;
	/** The cells are days such as `2026-12-04`, which become dates that a spreadsheet can group by month. */
	day?: boolean;
	/** Number format of cells that a spreadsheet can add up, such as `0` or `0.00`. */
	number?: string;
	value: (row: Row) => Cell;
}

export const textColumn = <Row>(label: string, width: number, value: (row: Row) => Cell): Column<Row> => ({
	label,
	width,
	value
});

export const numberColumn = <Row>(
	label: string,
	number: '0' | 'General' | '0.00' | typeof SHARE_FORMAT,
	value: (row: Row) => number | null
): Column<Row> => ({ label, width: 14, number, value });

export const dayColumn = <Row>(label: string, value: (row: Row) => LocalDate | null): Column<Row> => ({
	label,
	width: 14,
	day: true,
	value
});

/** A column of moments, each in the time zone of the row's office. */
export const momentColumn = <Row extends { unit: { timeZone: string } }>(
	label: string,
	at: (row: Row) => Date | null | undefined
): Column<Row> => ({
	label,
	width: 18,
	moment: true,
	value: (row) => {
		const moment = at(row);
		return moment && { at: moment, zone: row.unit.timeZone };
	}
});

/** Facts about a table, for the last sheet of its file. */
interface AboutTable {
	list: string;
	/** In words; empty if there is no filter. */
	filter: string;
	by: string;
	at: Date;
	zone: string;
	lang: Locale;
}

/** Lines per sheet; further ones go on another sheet. A spreadsheet allows 1,048,576. */
const LINES_OF_SHEET = 1_000_000;

/** Number format of text: the cell is never a formula, even after somebody edits it. */
export const TEXT_FORMAT = '@';
/** Has two decimals, because a spreadsheet would round 99.96 % to 100 %, which `formatShare` never does. */
export const SHARE_FORMAT = '0.00%';
const DAY_FORMAT = 'yyyy-mm-dd';
const MOMENT_FORMAT = `${DAY_FORMAT} hh:mm`;

/** Characters that XML forbids: a file that contains them can't be opened. */
// eslint-disable-next-line no-control-regex -- the control characters are removed
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g;

/** In a cell, `_x0041_` means the character with this code, so its first sign is written as a code too. */
const CHARACTER_CODE = /_(?=x[\da-f]{4}_)/gi;

export const sheetText = (text: string) =>
	text.toWellFormed().replace(FORBIDDEN, '').replace(CHARACTER_CODE, '_x005F_');

/** Makes a valid sheet name: Excel refuses some characters, and names of more than 31 characters. */
export const sheetName = (title: string, end = '') =>
	title.replace(/[*?:\\/[\]]/g, '-').slice(0, 31 - end.length) + end;

function cellOf(value: Cell, day = false): string | number | Date | null {
	if (value === null || value === undefined || value === '') return null;
	if (day && typeof value === 'string') return new Date(`${value}T00:00:00Z`);
	if (typeof value === 'string') return sheetText(value);
	if (typeof value === 'number') return value;
	return new Date(`${localDate(value.at, value.zone)}T${localTime(value.at, value.zone)}:00Z`);
}

/**
 * Writes a table to `out` while its rows are read. It waits for the reader of `out`, so that memory holds one batch.
 * @throws if `signal` ends it
 */
export async function writeSheet<Row>(
	out: Writable,
	columns: readonly Column<Row>[],
	batches: AsyncIterable<readonly Row[]>,
	about: AboutTable,
	signal: AbortSignal
): Promise<void> {
	const book = await openBook(out);
	let sheet = newSheet(book, sheetName(about.list), columns);
	let rows = 0;
	for await (const batch of batches) {
		for (const row of batch) {
			if (rows > 0 && rows % LINES_OF_SHEET === 0) {
				sheet.commit();
				sheet = newSheet(book, sheetName(about.list, ` ${rows / LINES_OF_SHEET + 1}`), columns);
			}
			sheet.addRow(columns.map((column) => cellOf(column.value(row), column.day))).commit();
			rows++;
		}
		await waitForDrain(sheet, signal);
	}
	sheet.commit();
	const aboutSheet = book.addWorksheet(m.common_about());
	aboutSheet.columns = [
		{ width: 24, style: { numFmt: TEXT_FORMAT } },
		{ width: 60, style: { numFmt: TEXT_FORMAT } }
	];
	for (const line of [
		[m.sheet_about_list(), about.list],
		[m.sheet_about_filter(), about.filter || m.sheet_about_no_filter()],
		[m.sheet_about_rows(), rows],
		[m.sheet_about_by(), about.by],
		[m.sheet_about_at(), formatDateTime(about.at, about.zone, about.lang)]
	])
		aboutSheet.addRow(line.map((cell) => cellOf(cell))).commit();
	aboutSheet.commit();
	await book.commit();
}

/**
 * A workbook that is written to `out` row by row. The library is loaded only here, because it is large and would slow every
 * start.
 */
export async function openBook(out: Writable): Promise<ExcelJS.stream.xlsx.WorkbookWriter> {
	const { default: Excel } = await import('exceljs');
	return new Excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
}

function newSheet<Row>(book: ExcelJS.stream.xlsx.WorkbookWriter, name: string, columns: readonly Column<Row>[]) {
	const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
	sheet.columns = columns.map(({ width, moment, day, number }) => ({
		width,
		style: { numFmt: number ?? (moment ? MOMENT_FORMAT : day ? DAY_FORMAT : TEXT_FORMAT) }
	}));
	sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
	const head = sheet.addRow(columns.map(({ label }) => label));
	head.font = { bold: true };
	head.commit();
	return sheet;
}

/** Waits until the written rows are passed on, because the workbook writer itself buffers without limit. */
async function waitForDrain(sheet: ExcelJS.Worksheet, signal: AbortSignal): Promise<void> {
	const { stream } = sheet as unknown as { stream: { pipes: Writable[] } };
	// An empty write only returns whether the buffer is below its limit.
	for (const pipe of stream.pipes) if (!pipe.write(Buffer.alloc(0))) await once(pipe, 'drain', { signal });
	signal.throwIfAborted();
}
