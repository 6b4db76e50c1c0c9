import { desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { PublicFigures } from '#lib/cases/disclosure.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { publicFigures, publicPages } from '#lib/server/db/schema/recap.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireAdmin } from '#lib/server/people/administration.ts';
import { recordDifference } from '#lib/server/people/differing.ts';
import { flagField } from '#lib/server/people/form-fields.ts';
import { openOffice } from '#lib/server/people/units/offices.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { closedQuarters, closeQuarters } from './public-figures.ts';

const pageInput = z.object({
	active: flagField,
	changes: z.string({ error: 'admin_line' }).trim().max(1500, 'admin_line').optional()
});

/** What an office shows to everybody, for its administrators. */
export async function publicPageOf(unitId: string): Promise<{ active: boolean; changes: string | null }> {
	const [row] = await db()
		.select({ active: publicPages.active, changes: publicPages.changes })
		.from(publicPages)
		.where(eq(publicPages.unitId, unitId));
	return row ?? { active: false, changes: null };
}

/**
 * Shows an office's figures to everybody, or no more; noted in the log. Its finished quarters are closed at once.
 *
 * @throws NotFound, NotAllowed · Invalid
 */
export async function changePublicPage(actor: Actor, unitId: string, raw: unknown): Promise<void> {
	requireAdmin(actor, unitId);
	const { active, changes } = checked(pageInput, raw);
	const { code, timeZone } = await unitForAdmin(actor, unitId);
	const before = await publicPageOf(unitId);
	const after = { active, changes: changes || null };
	await transaction(async (tx) => {
		const values = { ...after, changedAt: now() };
		await tx
			.insert(publicPages)
			.values({ unitId, ...values })
			.onConflictDoUpdate({ target: publicPages.unitId, set: values });
		await recordDifference(tx, actor, { unitId, action: 'unit.figures', subject: code }, before, after);
	});
	if (active) await closeQuarters(unitId, timeZone);
}

export interface PublicPage {
	changes: string[];
	quarters: { key: string; from: string; to: string; figures: PublicFigures }[];
}

/** An office's figures for everybody, the newest quarter first. @throws NotFound if the office shows none */
export async function publicPage(name: string): Promise<PublicPage> {
	const unit = await openOffice(name);
	const { active, changes } = await publicPageOf(unit.id);
	if (!active) throw new NotFound(name);
	const told = closedQuarters(unit.timeZone);
	const rows = await db()
		.select({ quarter: publicFigures.quarter, figures: publicFigures.figures })
		.from(publicFigures)
		.where(eq(publicFigures.unitId, unit.id))
		.orderBy(desc(publicFigures.quarter));
	return {
		changes: (changes ?? '').split(/\r?\n/).flatMap((line) => line.trim() || []),
		quarters: rows.flatMap(({ quarter, figures }) => {
			const period = told.find(({ key }) => key === quarter);
			return period ? [{ ...period, figures }] : [];
		})
	};
}
