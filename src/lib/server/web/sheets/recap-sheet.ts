import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type ExcelJS from 'exceljs';
import { formatDateTime, formatDay } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { differenceTable } from '#lib/recap/difference.ts';
import { textOfHidden, textWithoutRows, type RecapTable } from '#lib/recap/table.ts';
import { recapTables, versionWord } from '#lib/recap/tables.ts';
import { daysWord } from '#lib/words/period.ts';
import type { RecapView } from '#lib/server/recap/view.ts';
import { recapTitle } from '../documents/recap-pdf.ts';
import { openBook, SHARE_FORMAT, sheetName, sheetText, TEXT_FORMAT } from '#lib/server/exports/sheet.ts';

/**
 * A periodic report as a spreadsheet: a sheet of facts, and a sheet per section with its numbers as numbers. A
 * correction also has a sheet with the differences to the version before.
 */
export async function recapBook(recap: RecapView, reader: string, at: Date, lang: Locale): Promise<Buffer> {
	const out = new PassThrough();
	const read = buffer(out);
	const book = await openBook(out);
	const { filing, unit } = recap;
	const about = book.addWorksheet(sheetName(m.common_about()));
	about.columns = [
		{ width: 26, style: { numFmt: TEXT_FORMAT } },
		{ width: 70, style: { numFmt: TEXT_FORMAT } }
	];
	for (const line of [
		[recapTitle(recap), unit.name],
		[m.common_number(), filing?.number ?? m.recap_number_none()],
		[m.common_period(), daysWord(recap.period)],
		[m.recap_version(), filing ? versionWord(filing.version) : m.recap_version_now()],
		[m.recap_reason(), filing?.reason ?? ''],
		[m.recap_offices(), recap.figures.units.join(', ')],
		[m.recap_filed_at(), filing ? formatDateTime(filing.filedAt, unit.timeZone, lang) : m.recap_not_filed()],
		[m.recap_due(), formatDay(recap.dueOn, lang)],
		[m.recap_signature(), filing?.signer.name ?? m.recap_signature_none()],
		[m.common_about(), m.recap_reader({ name: reader, at: formatDateTime(at, unit.timeZone, lang) })]
	])
		about.addRow(line.map(sheetText)).commit();
	about.commit();
	const tables = recapTables(recap.figures, lang);
	for (const table of tables) addTable(book, table, lang);
	if (recap.before)
		addTable(
			book,
			differenceTable(recap.before, tables, lang, (cell) => cell),
			lang
		);
	await book.commit();
	return read;
}

function addTable(book: ExcelJS.stream.xlsx.WorkbookWriter, table: RecapTable, lang: Locale): void {
	const sheet = book.addWorksheet(sheetName(table.sheet ?? table.title), { views: [{ state: 'frozen', ySplit: 1 }] });
	sheet.columns = table.columns.map(({ width, numeric }) => ({
		width: Math.max(12, Math.round(width * 11)),
		style: { numFmt: numeric ? 'General' : TEXT_FORMAT }
	}));
	const head = sheet.addRow(table.columns.map(({ label }) => label));
	head.font = { bold: true };
	head.commit();
	const withoutRows = textWithoutRows(table);
	if (withoutRows) sheet.addRow([withoutRows]).commit();
	for (const { cells, total } of table.rows) {
		const row = sheet.addRow(
			cells.map((cell) => (typeof cell === 'string' ? sheetText(cell) : typeof cell === 'number' ? cell : cell.value))
		);
		if (total) row.font = { bold: true };
		cells.forEach((cell, index) => {
			// Texts in a column of numbers are formatted as text, so that they stay text when edited.
			if (typeof cell === 'string' && table.columns[index]?.numeric) row.getCell(index + 1).numFmt = TEXT_FORMAT;
			if (typeof cell === 'object') row.getCell(index + 1).numFmt = cell.as === 'share' ? SHARE_FORMAT : '0.00';
		});
		row.commit();
	}
	const hidden = textOfHidden(table, lang);
	if (hidden) sheet.addRow([hidden]).commit();
	sheet.commit();
}
