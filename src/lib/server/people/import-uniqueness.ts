import { eq } from 'drizzle-orm';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { Invalid, type Issue } from '#lib/server/errors.ts';
import type { Cells, ImportList } from './import-rows.ts';
import { requireFreeCodeAndSlug } from './units/units.ts';

/** Columns whose values only one office or account can have, with the code of a taken one. */
const TAKEN: Readonly<Record<ImportList, readonly (readonly [column: string, code: string, path: string])[]>> = {
	units: [
		['kode', 'admin_code_taken', 'code'],
		['alamat_web', 'admin_slug_taken', 'slug']
	],
	people: [['nama_pengguna', 'admin_username_taken', 'username']],
	officers: [],
	places: []
};

interface TriedLine {
	line: number;
	cells: Cells;
	issues: readonly Issue[];
}

interface TriedCells {
	issues: readonly Issue[];
	/** The transaction has the line's record, which has taken its own values. */
	stored: boolean;
	/** The cells as the table has them. */
	written: Cells;
	/** The cells with the values that the line leaves out. */
	shown: Cells;
}

/**
 * Adds to the faults of a line which of its values are taken, also if the line is refused for another reason. Names the
 * earlier line of the table that has the same value.
 */
export async function withTakenValues(
	tx: Tx,
	list: ImportList,
	{ issues, stored, written, shown }: TriedCells,
	earlier: readonly TriedLine[]
): Promise<Issue[]> {
	const taken = stored ? [] : await takenIssues(tx, list, shown);
	const codes = TAKEN[list].map(([, code]) => code);
	const others = issues.filter(({ code }) => !codes.includes(code));
	const same = TAKEN[list].flatMap(([column, code, path]): Issue[] => {
		const value = (of: Cells) => of[column]?.toLowerCase();
		const isSame = (line: TriedLine) => value(shown) !== undefined && value(line.cells) === value(shown);
		// The web address may be made from the name, and the table then lacks its column.
		const lines = written[column] ? earlier.filter(isSame) : [];
		const isTaken = [...issues, ...taken].find((issue) => issue.code === code);
		// A line without a fault has taken its values. Otherwise they are taken by an office or account.
		const named = lines.find((line) => line.issues.length === 0) ?? (isTaken ? undefined : lines[0]);
		if (named) return [{ path, code: 'import_same_value', params: { column, line: named.line } }];
		return isTaken ? [isTaken] : [];
	});
	return [...others, ...same];
}

async function takenIssues(tx: Tx, list: ImportList, shown: Cells): Promise<readonly Issue[]> {
	if (list === 'people') {
		const username = shown.nama_pengguna?.toLowerCase() ?? '';
		const [namesake] = await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.username, username));
		return namesake ? [{ path: 'username', code: 'admin_username_taken' }] : [];
	}
	if (list !== 'units') return [];
	try {
		await requireFreeCodeAndSlug(tx, shown.kode, shown.alamat_web?.toLowerCase() ?? '');
		return [];
	} catch (cause) {
		if (cause instanceof Invalid) return cause.issues;
		throw cause;
	}
}
