import { CsvError, parse } from 'csv-parse/sync';
import { unguardFormulas } from '#lib/text/formula-guard.ts';
import { storableText } from '#lib/text/storable-text.ts';

/**
 * Decodes an uploaded table: UTF-16 ("Unicode text" of Excel), UTF-8, or else Windows-1252. Its text is storable, as
 * a pasted one is. Line breaks that Excel does not quote become spaces, because they do not end a row.
 */
export function decodeTable(bytes: Uint8Array): string {
	return storableText(textOf(bytes).replace(/[\v\f\u0085\u2028\u2029]/g, ' '));
}

function textOf(bytes: Uint8Array): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

/** Whether a file can be a table, by its name and because pictures and archives contain the byte 0. */
export const isTextTable = ({ name, bytes }: { name: string; bytes: Uint8Array }): boolean =>
	/^[^.]*$|\.(?:csv|tsv|txt)$/i.test(name) && !textOf(bytes).includes('\0');

/** Whether a file is a workbook of a spreadsheet program, by its name, or renamed to `.csv` by how such files begin. */
export const isWorkbook = ({ name, bytes }: { name: string; bytes: Uint8Array }): boolean =>
	/\.(?:xls[xmb]?|ods)$/i.test(name) ||
	(/\.csv$/i.test(name) && ['504b', 'd0cf'].includes(Buffer.from(bytes.subarray(0, 2)).toString('hex')));

/** The separator that is most frequent in the header. */
function delimiterOf(text: string): string {
	const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
	const times = (sign: string) => header.split(sign).length;
	return [';', '\t', ','].reduce((best, sign) => (times(sign) > times(best) ? sign : best));
}

/** Normalises a column name: `Nomor SP4N-LAPOR!` becomes `nomor_sp4n_lapor`. */
export const plainName = (name: string) =>
	name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '_')
		.replace(/^_|_$/g, '');

/**
 * The rows of a table separated by comma, semicolon or tab, with trimmed cells.
 * @param unreadable makes the error from the number of a line that can't be read
 */
export function csvRows(text: string, unreadable: (line: number) => Error): string[][] {
	// Excel reads the separator from a first line `sep=;` and does not count it as a line.
	const table = text.replace(/^\uFEFF/, '').replace(/^sep=.\r?\n/i, '');
	try {
		const rows = parse(table, {
			delimiter: delimiterOf(table),
			// Pasted tables mix them.
			record_delimiter: ['\r\n', '\n', '\r'],
			relax_column_count: true,
			relax_quotes: true
		});
		return rows.map((row) => row.map((cell) => unguardFormulas(cell).trim()));
	} catch (cause) {
		if (!(cause instanceof CsvError)) throw cause;
		throw unreadable(Number(cause.lines ?? 1));
	}
}
