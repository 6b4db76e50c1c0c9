import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { institutionNames, targetNamed } from './institutions.ts';
import type { LaporIds } from './lapor-ids.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/differing.ts';

const KEY = /^category(?:\.([a-z]+))?@([1-9]\d{0,14})$/;

/** Whether a key of `units.laporIds` is about one target: `category@200102`, `category.time@200102`. */
export const isForTarget = (key: string): boolean => KEY.test(key);

/** Categories that are ever forwarded. */
const FORWARDED = CATEGORIES.filter((category) => category !== 'integrity');

/** A number that LAPOR's category has for one target institution. */
export interface TargetCategory {
	key: string;
	target: { id: string; name: string | null };
	/** Null: for every category without a number of its own at this target. */
	category: Category | null;
	id: string;
	/** It stands with a unit above, not here. */
	inherited: boolean;
}

/** The table of an office, target by target: its own entries, and those of units above that still count here. */
export async function targetCategories(own: LaporIds, effective: LaporIds): Promise<TargetCategory[]> {
	const parsed = Object.entries(effective).flatMap(([key, id]) => {
		const [, category, target] = KEY.exec(key) ?? [];
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
	/** Absent: every category. */
	category: z.enum(FORWARDED, { error: 'field_invalid' }).optional(),
	id: z
		.string({ error: 'admin_lapor_id' })
		.trim()
		.regex(/^[1-9]\d{0,14}$/, 'admin_lapor_id')
});

/** Sets the number of one category, or of all, at one target; one that stands already is replaced. @throws NotFound · Invalid */
export async function setTargetCategory(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { target: named, category, id } = checked(entrySchema, raw);
	await transaction(async (tx) => {
		const target = await targetNamed(tx, named);
		if (target.id === undefined) throw new Invalid([{ path: 'target', code: 'escalation_institution_unknown' }]);
		const key = `category${category ? `.${category}` : ''}@${target.id}`;
		await change(tx, actor, unitId, (ids) => ({ ...ids, [key]: id }));
	});
}

/** Takes an entry of the office's own out of the table. @throws NotFound */
export async function removeTargetCategory(actor: Actor, unitId: string, key: string): Promise<void> {
	requireAdmin(actor, unitId);
	await transaction((tx) =>
		change(tx, actor, unitId, (ids) => {
			if (!isForTarget(key) || !ids[key]) throw new NotFound(`entry ${key}`);
			return Object.fromEntries(Object.entries(ids).filter(([one]) => one !== key));
		})
	);
}

async function change(tx: Tx, actor: Actor, unitId: string, by: (ids: LaporIds) => LaporIds): Promise<void> {
	const [before] = await tx.select().from(units).where(eq(units.id, unitId)).for('update');
	if (!before) throw new NotFound(`unit ${unitId}`);
	const laporIds = { ...by(before.laporIds) };
	await tx.update(units).set({ laporIds }).where(eq(units.id, unitId));
	const about = { unitId, action: 'lapor.changed', subject: before.code };
	await recordDifference(tx, actor, about, { laporIds: before.laporIds }, { laporIds });
}
