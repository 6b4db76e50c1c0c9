import { asc, sql } from 'drizzle-orm';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { laporOptions } from './lapor-options.ts';
import { REPORT_DEFAULTS, type ReportSettings } from '../forward/lapor-report.ts';

/**
 * The keys of `units.laporIds`. `institution` is the office's own agency at LAPOR; `category` is for every category that
 * has no id of its own (`category.time`), and a target may have its own table (`category.time@200102`).
 */
export const LAPOR_ID_KEYS = [
	'channel',
	'user',
	'institution',
	'location',
	'template',
	'category',
	...CATEGORIES.filter((category) => category !== 'integrity').map((category) => `category.${category}` as const)
] as const;

export type LaporIds = Readonly<Record<string, string>>;

/** The ids of an office: its own, and where one is missing that of the nearest unit above. */
export async function laporIdsOf(on: Database | Tx, unit: { path: string }): Promise<LaporIds> {
	const chain = await on
		.select({ ids: units.laporIds })
		.from(units)
		.where(sql`${unit.path} like ${units.path} || '%'`)
		.orderBy(asc(sql`length(${units.path})`));
	return Object.assign({}, ...chain.map(({ ids }) => onlyFilled(ids))) as LaporIds;
}

const onlyFilled = (ids: Record<string, string>) =>
	Object.fromEntries(Object.entries(ids).filter(([, id]) => id.trim() !== ''));

/** An id as the service wants it: a whole number above zero; undefined for anything else. */
export function idOf(ids: LaporIds, key: string): number | undefined {
	const text = ids[key]?.trim() ?? '';
	return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** What a create of this office needs beside the case. `targetId`: the institution that gets the report, where chosen. */
export async function reportSettings(
	on: Database | Tx,
	unit: { path: string },
	targetId: number | undefined
): Promise<ReportSettings> {
	const ids = await laporIdsOf(on, unit);
	const known = {
		channel: idOf(ids, 'channel'),
		userId: idOf(ids, 'user'),
		locationId: idOf(ids, 'location'),
		dispositionId: targetId ?? idOf(ids, 'institution')
	};
	const present = Object.fromEntries(Object.entries(known).filter(([, id]) => id !== undefined));
	return { ...REPORT_DEFAULTS, ...present, categoryIds: categoryTable(ids, targetId), ...(await laporOptions(on)) };
}

function categoryTable(ids: LaporIds, targetId: number | undefined): Record<string, number> {
	const idFor = (category: Category) =>
		idOf(ids, `category.${category}@${targetId}`) ??
		idOf(ids, `category@${targetId}`) ??
		idOf(ids, `category.${category}`) ??
		idOf(ids, 'category');
	const pairs = CATEGORIES.map((category) => [category, idFor(category)] as const);
	return Object.fromEntries(pairs.filter((pair): pair is [Category, number] => pair[1] !== undefined));
}
