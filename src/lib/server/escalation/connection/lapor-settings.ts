import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { checked } from '#lib/server/checked.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { laporMasters } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { LAPOR_ID_KEYS, laporIdsOf, type LaporIds } from './lapor-ids.ts';
import { institutionNames } from './institutions.ts';
import { isForTarget, targetCategories, type TargetCategory } from './target-categories.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/differing.ts';
import { flagField } from '#lib/server/people/form-fields.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';

const known: ReadonlySet<string> = new Set(LAPOR_ID_KEYS);
/** Every id is a number, but a template's is the code LAPOR gave it. */
const NUMBER = { shape: /^(?:[1-9]\d{0,14})?$/, code: 'admin_lapor_id' };
const TEMPLATE = { shape: /^.{0,60}$/, code: 'admin_lapor_template' };

const laporSchema = z.object({
	/** By key, with `:` for its dot (a dot nests in a form); one that is absent falls back to the unit above. */
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

export interface LaporOfUnit {
	unit: { id: string; code: string; name: string };
	/** What stands here, and what counts here once the units above are asked. */
	own: LaporIds;
	effective: LaporIds;
	recordAllAtLapor: boolean;
	/** What LAPOR's list calls the institution that counts here. */
	institutionName: string | null;
	/** The templates there are; empty until LAPOR's list has been read. */
	templates: { code: string; name: string }[];
	targets: TargetCategory[];
}

/** The ids an office gives LAPOR. @throws NotFound */
export async function laporOfUnit(actor: Actor, name: string): Promise<LaporOfUnit> {
	const unit = await unitForAdmin(actor, name);
	const { id, code, laporIds, recordAllAtLapor } = unit;
	const effective = await laporIdsOf(db(), unit);
	const { institution } = effective;
	return {
		unit: { id, code, name: unit.name },
		own: laporIds,
		effective,
		recordAllAtLapor,
		institutionName: institution ? ((await institutionNames([institution])).get(institution) ?? null) : null,
		templates: await followupTemplates(),
		targets: await targetCategories(laporIds, effective)
	};
}

/** Changes the ids of an office and whether all its complaints are recorded at LAPOR. @throws NotFound · Invalid */
export async function changeLaporOfUnit(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { ids = {}, recordAllAtLapor } = checked(laporSchema, raw);
	await transaction(async (tx) => {
		const [before] = await tx.select().from(units).where(eq(units.id, unitId)).for('update');
		// Ids for single targets have a table of their own: they stay.
		const kept = Object.entries(before?.laporIds ?? {}).filter(([key]) => isForTarget(key));
		const given = Object.entries(ids)
			.map(([key, id]) => [key.replace(':', '.'), id] as const)
			.filter(([key, id]) => known.has(key) && id !== '');
		const after = { laporIds: Object.fromEntries([...kept, ...given]), recordAllAtLapor };
		await tx.update(units).set(after).where(eq(units.id, unitId));
		const about = { unitId, action: 'lapor.changed', subject: before?.code ?? unitId };
		await recordDifference(tx, actor, about, before ?? {}, after);
	});
}

/** The texts LAPOR offers for follow-ups, as they were read last; empty until they have been. */
export async function followupTemplates(): Promise<{ code: string; name: string }[]> {
	return db()
		.select({ code: laporMasters.id, name: laporMasters.name })
		.from(laporMasters)
		.where(eq(laporMasters.kind, 'template'))
		.orderBy(asc(laporMasters.id));
}
