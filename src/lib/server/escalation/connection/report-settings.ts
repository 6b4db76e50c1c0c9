import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { db, oneRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { laporLists } from '#lib/server/db/schema/lapor.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/audit.ts';
import { flagField, lineField } from '#lib/server/people/form-fields.ts';
import { siteSetting } from '#lib/server/people/site-setting.ts';
import { storeLaporSettings, unitForAdmin } from '#lib/server/people/units/units.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import { REPORT_DEFAULTS, type ReportSettings } from '../forward/lapor-report.ts';
import { findTarget, institutionNames, LAPOR_ID } from './institutions.ts';

/** Categories whose cases may be forwarded. */
export const FORWARDABLE = CATEGORIES.filter((category) => category !== 'integrity');

/**
 * The keys of `units.laporIds`. `institution` is the office's own agency at LAPOR. `category` applies to every category
 * that has no id of its own (`category.time`). Ids for one target have its number in the key (`category.time@200102`).
 */
export const LAPOR_ID_KEYS = [
	'channel',
	'user',
	'institution',
	'location',
	'template',
	'category',
	...FORWARDABLE.map((category) => `category.${category}` as const)
] as const;

type LaporIds = Readonly<Record<string, string>>;

/** The ids of an office. A missing id is inherited from the nearest unit above that has it. */
export async function laporIdsOf(unit: { path: string }): Promise<LaporIds> {
	const { unitById } = await referenceData();
	const chain = chainOf(unit).flatMap((id) => unitById.get(id) ?? []);
	return Object.assign({}, ...chain.map(({ laporIds }) => onlyFilled(laporIds))) as LaporIds;
}

const onlyFilled = (ids: Record<string, string>) =>
	Object.fromEntries(Object.entries(ids).filter(([, id]) => id.trim() !== ''));

/** The id as a whole number above zero, as LAPOR needs it; undefined for any other text. */
export function idOf(ids: LaporIds, key: string): number | undefined {
	const id = ids[key]?.trim() ?? '';
	return LAPOR_ID.test(id) ? Number(id) : undefined;
}

/** The ids and flags for a create call of this office. `targetId`: the chosen institution. */
export async function reportSettings(unit: { path: string }, targetId: number | undefined): Promise<ReportSettings> {
	const ids = await laporIdsOf(unit);
	return {
		...REPORT_DEFAULTS,
		channel: idOf(ids, 'channel'),
		userId: idOf(ids, 'user'),
		locationId: idOf(ids, 'location'),
		dispositionId: targetId ?? idOf(ids, 'institution'),
		categoryIds: categoryTable(ids, targetId),
		...(await laporOptions())
	};
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

const { categoryIds: _, classificationIds: _ids, ...DEFAULTS } = REPORT_DEFAULTS;

const infoText = lineField(500).transform((value) => value || null);

/**
 * Flags of a create call that are the same for every office. LAPOR's developers tell an administrator how to set them.
 * The defaults are the values that a live client of LAPOR sends.
 */
const options = siteSetting({
	key: 'lapor.options',
	action: 'lapor.options_changed',
	form: z.object({
		isInbox: flagField,
		isDisposition: flagField,
		isApproval: flagField,
		attachmentsTrailingDot: flagField,
		infoDisposition: infoText,
		infoAttachments: infoText
	}),
	defaults: DEFAULTS
});

export const laporOptions = options.read;

/** What the form of the flags was loaded with (see `requireSeen`). */
export const seenOfLaporOptions = options.seen;

/** Sets all flags of the installation. They also apply to waiting reports. */
export const changeLaporOptions = options.change;

const TARGET_KEY = /^category(?:\.([a-z]+))?@([1-9]\d{0,14})$/;

/** Whether a key of `units.laporIds` is for one target: `category@200102`, `category.time@200102`. */
const isForTarget = (key: string): boolean => TARGET_KEY.test(key);

export type TargetCategory = Awaited<ReturnType<typeof targetCategories>>[number];

/**
 * LAPOR's category ids for single targets, of the office and of units above (`inherited`). `category` is null for the
 * id of all categories that have no id of their own.
 */
async function targetCategories(own: LaporIds, effective: LaporIds) {
	const parsed = Object.entries(effective).flatMap(([key, id]) => {
		const [, category, target] = TARGET_KEY.exec(key) ?? [];
		return target ? [{ key, id, target, category: (category as Category | undefined) ?? null }] : [];
	});
	const names = await institutionNames([...new Set(parsed.map(({ target }) => target))]);
	return parsed
		.map(({ target, ...entry }) => ({
			...entry,
			target: { id: target, name: names.get(target) ?? null },
			inherited: !own[entry.key]
		}))
		.sort((a, b) => (a.key.split('@')[1] + a.key).localeCompare(b.key.split('@')[1] + b.key));
}

const entrySchema = z.object({
	target: z.string({ error: 'escalation_missing' }).trim().min(1, 'escalation_missing').max(200),
	category: z.enum(FORWARDABLE, { error: 'field_invalid' }).optional(),
	id: z.string({ error: 'admin_lapor_id' }).trim().regex(LAPOR_ID, 'admin_lapor_id')
});

/** Sets the id of one category, or of all categories, for one target. @throws NotFound · Invalid */
export async function setTargetCategory(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { target: typedTarget, category, id } = checked(entrySchema, raw);
	await transaction(async (tx) => {
		const target = await findTarget(tx, typedTarget);
		if (target.id === undefined) throw invalid('target', 'escalation_institution_unknown');
		const key = `category${category ? `.${category}` : ''}@${target.id}`;
		await changeSettings(tx, actor, unitId, ({ laporIds }) => ({ laporIds: { ...laporIds, [key]: id } }));
	});
}

/** Removes an id for a target. An inherited id can't be removed here. @throws NotFound */
export async function removeTargetCategory(actor: Actor, unitId: string, key: string): Promise<void> {
	requireAdmin(actor, unitId);
	await transaction((tx) =>
		changeSettings(tx, actor, unitId, ({ laporIds: { [key]: removed, ...laporIds } }) => {
			if (!isForTarget(key) || !removed) throw new NotFound(`entry ${key}`);
			return { laporIds };
		})
	);
}

type Settings = { laporIds: Record<string, string>; recordAllAtLapor?: boolean };

async function changeSettings(
	tx: Tx,
	actor: Actor,
	unitId: string,
	changed: (before: Settings) => Settings
): Promise<void> {
	const before = await tx.select().from(units).where(eq(units.id, unitId)).for('update').then(oneRow);
	const after = changed(before);
	await storeLaporSettings(tx, unitId, after);
	await recordDifference(tx, actor, { unitId, action: 'lapor.changed', subject: before.code }, before, after);
}

const KNOWN_KEYS: ReadonlySet<string> = new Set(LAPOR_ID_KEYS);
/** Every id is a number, except the template, which is a code of LAPOR. */
const NUMBER = { shape: /^(?:[1-9]\d{0,14})?$/, code: 'admin_lapor_id' };
const TEMPLATE = { shape: /^.{0,60}$/, code: 'admin_lapor_template' };

const laporSchema = z.object({
	/** By key, with `:` instead of the dot, because a dot means nesting in a form. */
	ids: z
		.record(z.string(), z.string().trim())
		.superRefine((ids, context) => {
			for (const [key, id] of Object.entries(ids)) {
				const { shape, code } = key === 'template' ? TEMPLATE : NUMBER;
				if (!shape.test(id)) context.addIssue({ code: 'custom', path: [key], message: code });
			}
		})
		.optional(),
	recordAllAtLapor: flagField
});

/**
 * The ids of an office at LAPOR: its `own`, and the `effective` ones with those inherited from units above. @throws
 * NotFound
 */
export async function laporOfUnit(actor: Actor, name: string) {
	const unit = await unitForAdmin(actor, name);
	const { id, code, laporIds, recordAllAtLapor } = unit;
	const effective = await laporIdsOf(unit);
	const { institution } = effective;
	return {
		unit: { id, code, name: unit.name },
		own: laporIds,
		effective,
		recordAllAtLapor,
		/** What the form was loaded with (see `requireSeen`). */
		seen: seenValues(formValues(unit)),
		institutionName: institution ? ((await institutionNames([institution])).get(institution) ?? null) : null,
		templates: await followupTemplates(),
		targets: await targetCategories(laporIds, effective)
	};
}

/** The values that the form of `changeLaporOfUnit` changes. */
const formValues = ({ laporIds, recordAllAtLapor }: Settings) => ({
	ids: Object.fromEntries(Object.entries(laporIds).filter(([key]) => !isForTarget(key))),
	recordAllAtLapor
});

/**
 * Changes the ids of an office, and whether all its complaints must be recorded at LAPOR.
 * @throws NotFound · Conflict `stale` · Invalid
 */
export async function changeLaporOfUnit(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { ids = {}, recordAllAtLapor } = checked(laporSchema, raw);
	const entered = Object.entries(ids)
		.map(([key, id]) => [key.replace(':', '.'), id] as const)
		.filter(([key, id]) => KNOWN_KEYS.has(key) && id !== '');
	await transaction((tx) =>
		changeSettings(tx, actor, unitId, (before) => {
			// Ids for single targets are changed elsewhere and stay.
			const targetIds = Object.entries(before.laporIds).filter(([key]) => isForTarget(key));
			const after = { laporIds: Object.fromEntries([...targetIds, ...entered]), recordAllAtLapor };
			requireSeen(raw, formValues(before), formValues(after));
			return after;
		})
	);
}

/** LAPOR's templates for follow-ups; empty until LAPOR's list was read. */
export async function followupTemplates(): Promise<{ code: string; name: string }[]> {
	return db()
		.select({ code: laporLists.id, name: laporLists.name })
		.from(laporLists)
		.where(eq(laporLists.kind, 'template'))
		.orderBy(asc(laporLists.id));
}
