import { csvRows, plainName } from '#lib/server/csv-table.ts';
import { Invalid, invalid, type Issue } from '#lib/server/errors.ts';

/**
 * Columns of each table. `kantor` (of a new office: `induk`) is the code of the office; without it, the office on whose
 * path the table was opened.
 */
export const IMPORT_COLUMNS = {
	units: ['kode', 'nama', 'alamat_web', 'induk', 'zona', 'alamat', 'telepon', 'whatsapp', 'email', 'penanggung_jawab'],
	people: ['nama', 'nama_pengguna', 'email', 'peran', 'kantor'],
	officers: ['nama', 'jabatan', 'panggilan', 'foto', 'kantor'],
	places: ['nama', 'jenis', 'kantor']
} as const;
export type ImportList = keyof typeof IMPORT_COLUMNS;

/** Columns without which every line would be refused. */
export const NEEDED_COLUMNS: Readonly<Record<ImportList, readonly string[]>> = {
	units: ['kode', 'nama'],
	people: ['nama', 'nama_pengguna', 'peran'],
	officers: ['nama'],
	places: ['nama']
};

/** Lines of one table; a province with ten regencies has about 200 people. */
const MAX_LINES = 500;

export type Cells = Record<string, string | undefined>;

export interface ImportRow {
	line: number;
	cells: Cells;
	issues: readonly Issue[];
}

/**
 * The filled lines with their numbers, their cells by the names of the columns and what is wrong with them, and columns
 * that no table has.
 * @throws Invalid `admin_csv_missing`, `import_unreadable`, `import_one_cell`, `import_columns`,
 * `import_column_twice`, `import_lines` on the field `csv`
 */
export function readTable(list: ImportList, text: string): { rows: ImportRow[]; unknown: Issue[] } {
	if (!text.trim()) throw invalid('csv', 'admin_csv_missing');
	const [header = [], ...rows] = csvRows(text, (line) => invalid('csv', 'import_unreadable', { line }));
	const names = header.map((name) => plainName(name.replace(/e-mail/i, 'email')));
	const [first = '', ...further] = header;
	if (further.length === 0 && /[;,\t]/.test(first)) throw invalid('csv', 'import_one_cell');
	const known: readonly string[] = IMPORT_COLUMNS[list];
	const ignored = header.filter((name, at) => name && !known.includes(names[at] ?? '')).join(', ');
	const unknown = ignored ? [{ path: 'csv', code: 'import_columns_unknown', params: { columns: ignored } }] : [];
	const missing = NEEDED_COLUMNS[list].filter((name) => !names.includes(name)).join(', ');
	if (missing) {
		const params = { missing, columns: known.join(', ') };
		throw new Invalid([{ path: 'csv', code: 'import_columns', params }, ...unknown]);
	}
	const twice = names.filter((name, at) => name && names.indexOf(name) < at).join(', ');
	if (twice) throw invalid('csv', 'import_column_twice', { columns: twice });
	const cellsOf = (row: string[]): Cells => Object.fromEntries(names.map((name, at) => [name, row[at] || undefined]));
	const filled = rows
		.map((row, index) => ({ line: index + 2, cells: cellsOf(row), issues: issuesOfCells(names, row) }))
		.filter(({ line }) => rows[line - 2]?.some(Boolean));
	if (filled.length === 0 || filled.length > MAX_LINES) throw invalid('csv', 'import_lines', { max: MAX_LINES });
	return { rows: filled, unknown };
}

/**
 * A cell to the right of the last named column: a separator inside an earlier cell, such as the comma before a title,
 * has shifted the line.
 */
function issuesOfCells(names: readonly string[], row: readonly string[]): Issue[] {
	const last = names.findLastIndex(Boolean);
	const cell = row.findLast((text, at) => text && at > last);
	return cell ? [{ path: 'csv', code: 'import_cell_without_column', params: { cell } }] : [];
}
