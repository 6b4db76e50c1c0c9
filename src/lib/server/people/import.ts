import type { Role } from '#lib/cases/vocabulary.ts';
import { csvRows, plainName } from '#lib/server/csv-table.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { Invalid, NotFound, type Issue } from '#lib/server/errors.ts';
import { insertAccount } from './accounts.ts';
import type { Actor } from './actor.ts';
import { insertOfficer } from './officers/officers.ts';
import { findUnit } from './units/find-unit.ts';

/** Columns of each table. `kantor` is the code of the office; without it, the office on whose path the table was opened. */
export const IMPORT_COLUMNS = {
	people: ['nama', 'nama_pengguna', 'email', 'peran', 'kantor'],
	officers: ['nama', 'jabatan', 'panggilan', 'kantor']
} as const;
export type ImportList = keyof typeof IMPORT_COLUMNS;

/** Lines of one table; a province with ten regencies has about 200 people. */
const MAX_LINES = 500;

const ROLE_NAMES: Readonly<Record<string, Role>> = {
	penangan: 'handler',
	penyelia: 'supervisor',
	pimpinan: 'manager',
	administrator: 'admin'
};

/** A line of the table, and why it can't be stored. */
export interface ImportLine {
	line: number;
	name: string;
	unit: string;
	issues: readonly Issue[];
}

type Cells = Record<string, string | undefined>;

/**
 * The filled lines with their numbers, and their cells by the names of the columns.
 * @throws Invalid `import_unreadable`, `import_columns`, `import_lines` on the field `csv`
 */
function readTable(list: ImportList, text: string): { line: number; cells: Cells }[] {
	const refuse = (code: string, params: Issue['params'] = {}): never => {
		throw new Invalid([{ path: 'csv', code, params }]);
	};
	const [header = [], ...rows] = csvRows(text, (line) => refuse('import_unreadable', { line }));
	const names = header.map((name) => plainName(name.replace(/e-mail/i, 'email')));
	if (!names.includes('nama')) refuse('import_columns', { columns: IMPORT_COLUMNS[list].join(', ') });
	const cellsOf = (row: string[]): Cells => Object.fromEntries(names.map((name, at) => [name, row[at] || undefined]));
	const filled = rows
		.map((row, index) => ({ line: index + 2, cells: cellsOf(row) }))
		.filter(({ cells }) => Object.values(cells).some(Boolean));
	if (filled.length === 0 || filled.length > MAX_LINES) refuse('import_lines', { max: MAX_LINES });
	return filled;
}

/** Carries the lines out of the transaction that is rolled back. */
class NotStored extends Error {
	readonly lines: ImportLine[];
	constructor(lines: ImportLine[]) {
		super('the table was not stored');
		this.lines = lines;
	}
}

/**
 * Creates accounts with their roles, or officers, from a CSV table: every line, or none. Without `confirmed`, everything
 * is checked by the same rules and rolled back, so the preview says exactly what would happen.
 * @param office code of the office of lines without `kantor`
 * @throws Invalid if the text is no such table
 */
export async function importTable(
	actor: Actor,
	list: ImportList,
	{ text, office, confirmed }: { text: string; office: string; confirmed: boolean }
): Promise<{ stored: boolean; lines: ImportLine[] }> {
	const rows = readTable(list, text);
	try {
		const lines = await transaction(async (tx) => {
			const tried: ImportLine[] = [];
			for (const { line, cells } of rows) {
				const unit = cells.kantor ?? office;
				const issues = await issuesOf(() => store(tx, actor, list, { unit, cells }));
				tried.push({ line, name: cells.nama ?? '', unit, issues });
			}
			if (!confirmed || tried.some(({ issues }) => issues.length > 0)) throw new NotStored(tried);
			return tried;
		});
		return { stored: true, lines };
	} catch (cause) {
		if (cause instanceof NotStored) return { stored: false, lines: cause.lines };
		throw cause;
	}
}

async function store(tx: Tx, actor: Actor, list: ImportList, { unit, cells }: { unit: string; cells: Cells }) {
	const unitId = (await findUnit(unit))?.id;
	if (!unitId) throw new NotFound(`unit ${unit}`);
	const { nama: name } = cells;
	if (list === 'officers') {
		const { jabatan: position, panggilan: nicknames } = cells;
		return insertOfficer(tx, actor, unitId, { name, position, nicknames, active: true });
	}
	const { nama_pengguna: username, email } = cells;
	const words = (cells.peran ?? '')
		.toLowerCase()
		.split(/[^a-z]+/)
		.filter(Boolean);
	return insertAccount(tx, actor, {
		name,
		username,
		email,
		unitId,
		roles: words.map((word) => ROLE_NAMES[word] ?? word)
	});
}

/** What the domain refuses in a line. Its refusals come before any failed statement, so the transaction goes on. */
async function issuesOf(work: () => Promise<unknown>): Promise<readonly Issue[]> {
	try {
		await work();
		return [];
	} catch (cause) {
		if (cause instanceof Invalid) return cause.issues;
		if (cause instanceof NotFound) return [{ path: 'kantor', code: 'admin_unit' }];
		throw cause;
	}
}
