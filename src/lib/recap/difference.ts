import type { RecapCell, RecapTable } from './tables.ts';

/** One figure that two versions of a report tell differently. */
export interface RecapChange {
	table: string;
	row: string;
	column: string;
	/** undefined: the row was not there. */
	before: RecapCell | undefined;
	/** undefined: the row is gone. */
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
