import type { Locale } from '#lib/paraglide/runtime.js';
import { m } from '#lib/paraglide/messages.js';
import type { ShownFigures } from './figures.ts';
import { cellText, type RecapCell, type RecapTable } from './table.ts';
import { recapTables, versionWord } from './tables.ts';

interface Before {
	filing: { version: number };
	figures: ShownFigures;
}

/**
 * A table of the cells that differ from the previous version of the report.
 *
 * @param as formats a cell: as text on paper, unchanged in a spreadsheet, so that a number stays a number
 */
export function differenceTable(
	before: Before,
	tables: readonly RecapTable[],
	lang: Locale,
	as: (cell: RecapCell) => RecapCell = (cell) => cellText(cell, lang)
): RecapTable {
	const shown = (cell: RecapCell | undefined) => (cell === undefined ? m.recap_difference_gone() : as(cell));
	return {
		id: 'difference',
		title: m.recap_difference({ version: versionWord(before.filing.version) }),
		columns: [
			{ label: m.recap_difference_row(), width: 3 },
			{ label: m.recap_difference_table(), width: 3.4 },
			{ label: m.recap_difference_column(), width: 2 },
			{ label: m.recap_difference_before(), width: 1.6, numeric: true },
			{ label: m.recap_difference_after(), width: 1.6, numeric: true }
		],
		rows: differenceOf(recapTables(before.figures, lang), tables).map((change) => ({
			key: `${change.table} ${change.key} ${change.column}`,
			cells: [
				change.row || m.recap_difference_hidden(),
				change.table,
				change.column || m.common_count(),
				shown(change.before),
				shown(change.after)
			]
		}))
	};
}

export interface RecapChange {
	table: string;
	/** Key of the row; empty for the rows that the reader may not see. */
	key: string;
	row: string;
	column: string;
	before: RecapCell | undefined;
	after: RecapCell | undefined;
}

const isSame = (a: RecapCell | undefined, b: RecapCell | undefined): boolean =>
	a === undefined || b === undefined ? a === b : cellText(a) === cellText(b);

/**
 * Lists the cells that differ between `before` and `after`, both for the same reader and language. A section that `before`
 * does not have is no change. Of a section that `after` does not have, all figures are gone.
 */
export function differenceOf(before: readonly RecapTable[], after: readonly RecapTable[]): RecapChange[] {
	const gone = before.filter(({ id }) => !after.some((table) => table.id === id));
	return [...after, ...gone.map((table) => ({ ...table, rows: [], hidden: 0 }))].flatMap((table) => {
		const previous = before.find(({ id }) => id === table.id);
		if (!previous) return [];
		const keys = [...new Set([...previous.rows, ...table.rows].map(({ key }) => key))];
		const rows = keys.flatMap((key) => {
			const [cellsBefore, cellsAfter] = [previous, table].map((one) => one.rows.find((row) => row.key === key)?.cells);
			const hasFigures = table.columns.some(({ numeric }) => numeric);
			const { nameColumns = 1 } = table;
			const names = (cellsAfter ?? cellsBefore ?? []).slice(0, nameColumns);
			const row = names
				.map((cell) => cellText(cell))
				.filter(Boolean)
				.join(' · ');
			return table.columns.flatMap((column, index): RecapChange[] => {
				if (isSame(cellsBefore?.[index], cellsAfter?.[index])) return [];
				// Of an added or removed row, list only the figures. In a table without figures, list all cells but the name.
				if (!(cellsBefore && cellsAfter) && (hasFigures ? !column.numeric : index < nameColumns)) return [];
				const [was, is] = [cellsBefore?.[index], cellsAfter?.[index]];
				return [{ table: table.title, key, row, column: column.label, before: was, after: is }];
			});
		});
		return [...rows, ...hiddenChange(previous, table)];
	});
}

/** The change in the number of rows that the reader may not see. */
function hiddenChange(before: RecapTable, after: RecapTable): RecapChange[] {
	const [was, is] = [before.hidden ?? 0, after.hidden ?? 0];
	return was === is ? [] : [{ table: after.title, key: '', row: '', column: '', before: was, after: is }];
}
