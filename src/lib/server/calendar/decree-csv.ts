import { stringify } from 'csv-stringify/sync';
import { isLocalDate } from '#lib/calendar/days.ts';
import type { Holiday } from '#lib/calendar/working-calendar.ts';
import { csvRows } from '#lib/server/csv-table.ts';
import { invalid } from '#lib/server/errors.ts';
import { nameField } from '#lib/server/people/form-fields.ts';
import { GUARDED_CSV } from '#lib/text/formula-guard.ts';

const COLUMNS = { date: 'tanggal', kind: 'jenis', name: 'nama' } as const;
const KINDS: ReadonlyMap<string, Holiday['kind']> = new Map([
	['national', 'national'],
	['nasional', 'national'],
	['libur nasional', 'national'],
	['joint', 'joint'],
	['cuti bersama', 'joint']
]);

/** Parses `2027-01-05`, or `05/01/2027` and `5-1-2027` from Indonesian spreadsheets; else undefined. */
function parseDay(text: string): string | undefined {
	const [, day, month, year] = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text) ?? [];
	const iso = day && month ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
	return isLocalDate(iso) ? iso : undefined;
}

function refuse(line: number, code: string): never {
	throw invalid('file', code, { line });
}

/**
 * Parses the holidays of a year's decree. The CSV has a header with the columns `tanggal,jenis,nama`, separated by
 * comma, semicolon or tab; `date,kind,name` are understood, too. `jenis` is a key of `KINDS`.
 * @throws Invalid with the number of the invalid line: `admin_csv_unreadable`, `admin_csv_columns`, `admin_csv_date`,
 * `admin_csv_kind`, `admin_csv_name`
 */
export function parseDecreeCsv(text: string): Holiday[] {
	const [header = [], ...rows] = csvRows(text, (line) => invalid('file', 'admin_csv_unreadable', { line }));
	const names = header.map((name) => name.toLowerCase());
	const [dateColumn = -1, kindColumn = -1, nameColumn = -1] = Object.entries(COLUMNS).map((words) =>
		names.findIndex((name) => words.includes(name))
	);
	if (Math.min(dateColumn, kindColumn, nameColumn) < 0) refuse(1, 'admin_csv_columns');
	return rows.flatMap((row, index) => {
		if (!row.some(Boolean)) return [];
		const line = index + 2;
		const date = parseDay(row[dateColumn] ?? '') ?? refuse(line, 'admin_csv_date');
		const kind = KINDS.get((row[kindColumn] ?? '').toLowerCase()) ?? refuse(line, 'admin_csv_kind');
		const name = nameField.safeParse(row[nameColumn]).data ?? refuse(line, 'admin_csv_name');
		return [{ date, kind, name }];
	});
}

/** Writes days off in the format that `parseDecreeCsv` reads, so that they can be corrected and loaded again. */
export function decreeCsv(holidays: readonly Holiday[]): string {
	return stringify(
		holidays.map(({ date, kind, name }) => ({
			date,
			kind: kind === 'joint' ? 'cuti bersama' : 'libur nasional',
			name
		})),
		{ header: true, columns: COLUMNS, ...GUARDED_CSV }
	);
}
