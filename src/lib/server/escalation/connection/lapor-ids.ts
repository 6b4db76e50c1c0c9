import { asc, sql } from 'drizzle-orm';
import { z } from 'zod';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { type Database, type Tx, db, transaction } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { checked } from '#lib/server/checked.ts';
import { readSetting, storeSetting } from '#lib/server/db/settings.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { flagField, lineField } from '#lib/server/people/form-fields.ts';
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

/** The ids of an office; missing ones are those of the nearest unit above. */
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

/** An id as LAPOR wants it: a whole number above zero; undefined for anything else. */
export function idOf(ids: LaporIds, key: string): number | undefined {
	const text = ids[key]?.trim() ?? '';
	return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/** The ids and flags that a create of this office needs. `targetId`: the chosen institution. */
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

/** Key of the setting with an administrator's choices for the whole installation. */
const KEY = 'lapor.options';

const { categoryIds: _, classificationIds: _ids, ...DEFAULTS } = REPORT_DEFAULTS;

/** Flags of a create call that are the same for every office. LAPOR's developers say how to set them. */
export type LaporOptions = typeof DEFAULTS;

/** The flags an administrator has set; the default of the others is what a live client of LAPOR sends. */
export async function laporOptions(on: Database | Tx = db()): Promise<LaporOptions> {
	return { ...DEFAULTS, ...((await readSetting(KEY, on)) as Partial<LaporOptions> | undefined) };
}

const text = lineField(500).transform((value) => value || null);

const optionsSchema = z.object({
	isInbox: flagField,
	isDisposition: flagField,
	isApproval: flagField,
	attachmentsTrailingDot: flagField,
	infoDisposition: text,
	infoAttachments: text
});

/** Sets all flags of the installation. They also apply to waiting reports. @throws NotAllowed · Invalid */
export async function changeLaporOptions(actor: Actor, raw: unknown): Promise<void> {
	await requireRootAdmin(db(), actor);
	const value = checked(optionsSchema, raw);
	await transaction(async (tx) => {
		const before = await laporOptions(tx);
		await storeSetting(tx, KEY, value);
		await recordDifference(tx, actor, { action: 'lapor.options_changed', subject: 'LAPOR' }, { ...before }, value);
	});
}
