import { m } from '#lib/paraglide/messages.js';
import { getLocale, type Locale } from '#lib/paraglide/runtime.js';
import { formatDecimals, formatMedian, formatNumber, formatShare } from '#lib/text/numbers.ts';

/** A figure with its own format: a mean with two decimals, a share in per cent. */
interface Measure {
	value: number;
	as: 'mean' | 'share';
}
export type RecapCell = number | string | Measure;

export interface RecapRow {
	/** Identifies the row in its table, the same in every language and version. */
	key: string;
	cells: RecapCell[];
	total?: boolean;
}

/** One table of a periodic report. Screen, PDF and spreadsheet show it, and versions are compared by it. */
export interface RecapTable {
	id: string;
	title: string;
	/** Name of its sheet in a spreadsheet, where the title is longer than the 31 characters that a sheet may have. */
	sheet?: string;
	note?: string;
	/** `width` is relative to the other columns. Numeric columns are aligned right. */
	columns: { label: string; width: number; numeric?: boolean }[];
	/** How many of the first columns name the row; by default one. */
	nameColumns?: number;
	rows: RecapRow[];
	/** How many rows the reader may not see; null: the reader may not know how many. */
	hidden?: number | null;
	/** Why this reader sees none of the section's figures. */
	withheld?: string;
}

/** What is written instead of rows. Undefined if the table has rows, including rows that the reader may not see. */
export const textWithoutRows = ({ rows, hidden, withheld }: RecapTable): string | undefined =>
	rows.length > 0 || hidden || hidden === null ? undefined : (withheld ?? m.recap_nihil());

/** What is written below the rows about those that the reader may not see. */
export function textOfHidden({ hidden }: RecapTable, lang: Locale = getLocale()): string | undefined {
	if (hidden === null) return m.recap_hidden_officer();
	return hidden ? m.recap_hidden({ n: formatNumber(hidden, lang) }) : undefined;
}

export const numberColumn = (label: string, width = 1) => ({ label, width, numeric: true });
export const textColumn = (label: string, width: number) => ({ label, width });

/** A cell as text, with numbers in the format of the language. */
export function cellText(cell: RecapCell, lang: Locale = getLocale()): string {
	if (typeof cell === 'string') return cell;
	if (typeof cell === 'number') return formatMedian(cell, lang);
	return cell.as === 'share' ? formatShare(cell.value, lang) : formatDecimals(cell.value, 2, lang);
}
