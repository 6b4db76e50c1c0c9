import { and, desc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';
import { skmFigures, type SkmFigures } from '#lib/skm/figures.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { skmPublications } from '#lib/server/db/schema/skm.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { reasonField } from '#lib/server/people/form-fields.ts';
import { managedUnit } from '#lib/server/ratings/managed-unit.ts';

/** Figures as they were published; days are those of the unit's zone. */
export interface SkmPublication {
	id: string;
	period: Period;
	/** Null once withdrawn: that it was published stays to be seen, the figures don't. */
	figures: SkmFigures | null;
	decisionNumber: string;
	publishedOn: LocalDate;
	withdrawnOn: LocalDate | null;
}

/** What an office has published, the latest period first. */
export async function skmPublicationsOf(unit: { id: string; timeZone: string }): Promise<SkmPublication[]> {
	const rows = await db()
		.select()
		.from(skmPublications)
		.where(eq(skmPublications.unitId, unit.id))
		.orderBy(desc(skmPublications.lastDay), desc(skmPublications.firstDay), desc(skmPublications.publishedAt));
	return rows.map((row) => ({
		id: row.id,
		period: { from: row.firstDay, to: row.lastDay },
		figures: row.withdrawnAt ? null : skmFigures.parse(row.figures),
		decisionNumber: row.decisionNumber,
		publishedOn: localDate(row.publishedAt, unit.timeZone),
		withdrawnOn: row.withdrawnAt && localDate(row.withdrawnAt, unit.timeZone)
	}));
}

/** The same for somebody who manages the unit. @throws NotFound and NotAllowed as `managedUnit` */
export async function skmPublicationsFor(actor: Actor, name: string): Promise<SkmPublication[]> {
	return skmPublicationsOf(await managedUnit(actor, name));
}

/**
 * Takes a publication back, with a written reason in the log. The public page says that it was withdrawn, and its figures
 * may be published again.
 *
 * @throws NotFound on a publication of a unit the actor does not manage, Invalid without a reason, Conflict `invalid-move`
 * where it was withdrawn before
 */
export async function withdrawSkm(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason } = checked(z.object({ reason: reasonField }), raw);
	await transaction(async (tx) => {
		const [found] = isUuid(id)
			? await tx.select().from(skmPublications).where(eq(skmPublications.id, id)).for('update')
			: [];
		if (!found || !holds(actor, found.unitId, 'manager')) throw new NotFound(id);
		const withdrawn = await tx
			.update(skmPublications)
			.set({ withdrawnAt: now() })
			.where(and(eq(skmPublications.id, id), isNull(skmPublications.withdrawnAt)))
			.returning({ id: skmPublications.id });
		if (withdrawn.length === 0) throw new Conflict('invalid-move', { reason: 'skm_withdrawn' });
		await recordChange(tx, actor, {
			unitId: found.unitId,
			action: 'skm.withdrawn',
			subject: `${found.firstDay}/${found.lastDay}`,
			reason
		});
	});
}
