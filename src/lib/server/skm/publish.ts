import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';
import { emptyTally, figuresOf, LEAST_PUBLISHED, type SkmFigures } from '#lib/skm/figures.ts';
import { finishedPeriods } from '#lib/skm/span.ts';
import type { SkmRefusal } from '#lib/skm/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmPublications } from '#lib/server/db/schema/skm.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { managedUnit, type ManagedUnit } from '#lib/server/ratings/managed-unit.ts';
import { lockSkmOffice, skmOffice, type SkmOffice } from './office.ts';
import { wouldTellFew } from './overlaps.ts';
import { skmTallies } from './tally.ts';

export interface SkmPreview {
	unit: ManagedUnit;
	period: Period;
	/** Null if the survey is off. */
	office: SkmOffice | null;
	figures: SkmFigures;
	refusal: SkmRefusal | null;
	/** The last month, quarter, half and year that are over. */
	finished: Period[];
}

/**
 * The figures of an office and a period as they would be published now, and what stands in the way.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function previewPublication(actor: Actor, name: string, period: Period): Promise<SkmPreview> {
	return preview(db(), await managedUnit(actor, name), period);
}

async function preview(on: Database | Tx, unit: ManagedUnit, period: Period): Promise<SkmPreview> {
	const office = (await skmOffice(unit.id, on)) ?? null;
	const tally = (await skmTallies(on, [unit.id], period)).get(unit.id) ?? emptyTally();
	const figures = figuresOf(tally);
	const refusal = await refusalOf(on, unit, period, office, figures);
	const finished = finishedPeriods(localDate(now(), unit.timeZone));
	return { unit, period, office, figures, refusal, finished };
}

async function refusalOf(
	on: Database | Tx,
	unit: ManagedUnit,
	period: Period,
	office: SkmOffice | null,
	{ n }: SkmFigures
): Promise<SkmRefusal | null> {
	if (!office) return 'skm_off';
	// Answers of today may still come in: figures are frozen once nothing can be added to them.
	if (period.to >= localDate(now(), unit.timeZone)) return 'skm_period_running';
	if (n < LEAST_PUBLISHED) return 'skm_too_few';
	const [standing] = await on
		.select({ id: skmPublications.id })
		.from(skmPublications)
		.where(
			and(
				eq(skmPublications.unitId, unit.id),
				eq(skmPublications.firstDay, period.from),
				eq(skmPublications.lastDay, period.to),
				isNull(skmPublications.withdrawnAt)
			)
		);
	if (standing) return 'skm_published';
	return (await wouldTellFew(on, unit.id, period)) ? 'skm_overlap' : null;
}

const day = z.string({ error: 'date_invalid' }).refine(isLocalDate, 'date_invalid');
const whole = z.coerce.number({ error: 'field_invalid' }).int('field_invalid');

/** What was confirmed: the period, and the figures as they stood on the page. */
const confirmation = z.object({ from: day, to: day, respondents: whole, index: whole });

/**
 * Freezes the figures of a finished period and puts them on the office's public page, with an entry in the log. What
 * goes out is what was confirmed: where the figures have moved since, nothing is published.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 * @throws Conflict `invalid-move` with the refusal as its reason, `stale` on other figures than those confirmed
 */
export async function publishSkm(actor: Actor, name: string, raw: unknown): Promise<string> {
	const confirmed = checked(confirmation, raw);
	const unit = await managedUnit(actor, name);
	return transaction(async (tx) => {
		await lockSkmOffice(tx, unit.id);
		const { office, figures, refusal } = await preview(tx, unit, { from: confirmed.from, to: confirmed.to });
		if (!office || refusal) throw new Conflict('invalid-move', { reason: refusal ?? 'skm_off' });
		if (figures.n !== confirmed.respondents || figures.ikm?.hundredths !== confirmed.index) {
			throw new Conflict('invalid-move', { reason: 'skm_figures_moved' });
		}
		const [made] = await tx
			.insert(skmPublications)
			.values({
				unitId: unit.id,
				firstDay: confirmed.from,
				lastDay: confirmed.to,
				respondents: figures.n,
				figures,
				decisionNumber: office.decisionNumber,
				publishedBy: actor.accountId,
				publishedAt: now()
			})
			.returning({ id: skmPublications.id });
		if (!made) throw new Error('a publication was not stored');
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'skm.published',
			subject: `${confirmed.from}/${confirmed.to}`,
			after: { respondents: figures.n, index: figures.ikm.hundredths / 100, grade: figures.ikm.grade }
		});
		return made.id;
	});
}
