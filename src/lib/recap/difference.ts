import type { DateLocale } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ShownFigures } from './figures.ts';
import { cellText, recapTables, versionWord, type RecapCell, type RecapTable } from './tables.ts';

interface Before {
	filing: { version: number };
	figures: ShownFigures;
}

/**
 * What stands otherwise in the tables of a report than in the version before it, as a table of its own.
 *
 * @param as how a cell is told: on paper in words, in a spreadsheet as it is, so that a number stays one
 */
export function differenceTable(
	before: Before,
	tables: readonly RecapTable[],
	lang: DateLocale,
	as: (cell: RecapCell) => RecapCell = (cell) => cellText(cell, lang)
): RecapTable {
	const said = (cell: RecapCell | undefined) => (cell === undefined ? m.rekap_difference_gone() : as(cell));
	return {
		id: 'difference',
		title: m.rekap_difference({ version: versionWord(before.filing.version) }),
		columns: [
			{ label: m.rekap_difference_row(), width: 3 },
			{ label: m.rekap_difference_table(), width: 3.4 },
			{ label: m.rekap_difference_column(), width: 2 },
			{ label: m.rekap_difference_before(), width: 1.6, numeric: true },
			{ label: m.rekap_difference_after(), width: 1.6, numeric: true }
		],
		rows: differenceOf(recapTables(before.figures, lang), tables).map((change) => ({
			key: `${change.table} ${change.row} ${change.column}`,
			cells: [
				change.row || m.rekap_difference_hidden(),
				change.table,
				change.column || m.common_count(),
				said(change.before),
				said(change.after)
			]
		}))
	};
}

export interface RecapChange {
	table: string;
	row: string;
	column: string;
	before: RecapCell | undefined;
	after: RecapCell | undefined;
}

/** Lists the cells that differ between `before` and `after`, both for the same reader and language. */
export function differenceOf(before: readonly RecapTable[], after: readonly RecapTable[]): RecapChange[] {
	return after.flatMap((table) => {
		const former = before.find(({ id }) => id === table.id);
		const keys = [...new Set([...(former?.rows ?? []), ...table.rows].map(({ key }) => key))];
		const rows = keys.flatMap((key) => {
			const [was, is] = [former, table].map((one) => one?.rows.find((row) => row.key === key)?.cells);
			const counted = table.columns.some(({ numeric }) => numeric);
			return table.columns.flatMap((column, index): RecapChange[] => {
				if (was?.[index] === is?.[index]) return [];
				// For an added or removed row, only figures are listed; for a list's row, all but its name.
				if (!(was && is) && (counted ? !column.numeric : index === 0)) return [];
				const row = String(is?.[0] ?? was?.[0] ?? '');
				return [{ table: table.title, row, column: column.label, before: was?.[index], after: is?.[index] }];
			});
		});
		return [...rows, ...hiddenChange(former, table)];
	});
}

/** Rows the reader may not see are shown as a number, and so is a change of it. */
function hiddenChange(before: RecapTable | undefined, after: RecapTable): RecapChange[] {
	const [was, is] = [before?.hidden ?? 0, after.hidden ?? 0];
	return was === is ? [] : [{ table: after.title, row: '', column: '', before: was, after: is }];
}
