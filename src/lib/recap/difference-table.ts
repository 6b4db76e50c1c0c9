import type { DateLocale } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { differenceOf } from './difference.ts';
import { cellText, recapTables, type RecapCell, type RecapTable } from './tables.ts';
import { versionWord } from './version-words.ts';
import type { ShownFigures } from '#lib/server/recap/shown.ts';

/** What a version said of the same period. */
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
				change.column || m.rekap_n(),
				said(change.before),
				said(change.after)
			]
		}))
	};
}
