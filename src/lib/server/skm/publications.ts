import { isId } from '#lib/server/db/is-id.ts';
import { and, desc, eq, gte, isNull, lte, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isLocalDate, localDate } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';
import {
	emptyTally,
	figuresOf,
	LEAST_PUBLISHED,
	publishedFigures,
	type SkmFigures,
	type SkmRespondents
} from '#lib/skm/figures.ts';
import { finishedPeriods } from '#lib/skm/calendar-periods.ts';
import { SKM_ELEMENTS, type SkmRefusal } from '#lib/skm/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf, storedRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmPublications, skmResponses } from '#lib/server/db/schema/skm.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { reasonField } from '#lib/server/people/form-fields.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { managedUnit, type ManagedUnit } from '#lib/server/ratings/access.ts';
import { skmRespondents, skmTallies } from './figures.ts';
import { lockSkmOffice, skmOffice, type SkmOffice } from './office.ts';

export type SkmPublication = Awaited<ReturnType<typeof skmPublicationsOf>>[number];

/** An office's publications, latest period first. Dates are in the unit's zone. */
export async function skmPublicationsOf(unit: { id: string; timeZone: string }) {
	const rows = await db()
		.select()
		.from(skmPublications)
		.where(eq(skmPublications.unitId, unit.id))
		.orderBy(desc(skmPublications.lastDay), desc(skmPublications.firstDay), desc(skmPublications.publishedAt));
	return rows.map((row) => ({
		id: row.id,
		period: { from: row.firstDay, to: row.lastDay } satisfies Period,
		/** Null after withdrawal; the page still shows that figures were published. */
		figures: row.withdrawnAt ? null : publishedFigures.parse(row.figures),
		decisionNumber: row.decisionNumber,
		publishedOn: localDate(row.publishedAt, unit.timeZone),
		withdrawnOn: row.withdrawnAt && localDate(row.withdrawnAt, unit.timeZone)
	}));
}

/** Whether the public can read results of an office's survey. */
export const hasSkmResults = async (unitId: string): Promise<boolean> =>
	(await referenceData()).surveyResults.has(unitId);

/** As `skmPublicationsOf`, for a manager of the unit. @throws NotFound and NotAllowed as `managedUnit` does */
export async function skmPublicationsFor(actor: Actor, name: string): Promise<SkmPublication[]> {
	return skmPublicationsOf(await managedUnit(actor, name));
}

/**
 * Returns the figures of an office and period as they would be published now, with the reason if they cannot be.
 * `finished` contains the last finished month, quarter, half-year and year. `office` is null if the survey is off.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function previewPublication(actor: Actor, name: string, period: Period) {
	return preview(db(), await managedUnit(actor, name), period);
}

async function preview(on: Database | Tx, unit: ManagedUnit, period: Period) {
	const office = (await skmOffice(unit.id)) ?? null;
	const tally = (await skmTallies(on, [unit.id], period)).get(unit.id) ?? emptyTally();
	const figures = figuresOf(tally);
	const refusal = await publicationRefusal(on, unit, period, office, figures);
	const finished = finishedPeriods(localDate(now(), unit.timeZone));
	return { unit, period, office, figures, refusal, finished };
}

async function publicationRefusal(
	on: Database | Tx,
	unit: ManagedUnit,
	period: Period,
	office: SkmOffice | null,
	{ n }: SkmFigures
): Promise<SkmRefusal | null> {
	if (!office) return 'skm_off';
	// More answers may arrive today. Figures are published only when no answer can be added.
	if (period.to >= localDate(now(), unit.timeZone)) return 'skm_period_running';
	if (n < LEAST_PUBLISHED) return 'skm_too_few';
	const [published] = await on
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
	if (published) return 'skm_published';
	if (await fewChanged(on, unit.id, period)) return 'skm_changed';
	return (await wouldRevealFew(on, unit.id, period)) ? 'skm_overlap' : null;
}

/**
 * Whether fewer than five forms of an overlapping publication, also a withdrawn one, were voided, added or exchanged since.
 * Publishing such days again would reveal them. Otherwise all publications of a day count the same forms.
 */
async function fewChanged(on: Database | Tx, unitId: string, { from, to }: Period): Promise<boolean> {
	const { firstDay, lastDay, respondents, figures } = skmPublications;
	const sums = SKM_ELEMENTS.map((element) => sql`${element}::text, sum(${skmResponses[element]})`);
	const changed = await rowsOf(
		on,
		sql`select 1 as changed
			from ${skmPublications}
			cross join lateral (
				select count(*) as n, jsonb_build_object(${sql.join(sums, sql`, `)}) as sums
				from ${skmResponses}
				where ${skmResponses.unitId} = ${unitId} and ${skmResponses.state} = 'counted'
					and ${skmResponses.day} between ${firstDay} and ${lastDay}
			) present
			where ${skmPublications.unitId} = ${unitId} and ${firstDay} <= ${to} and ${lastDay} >= ${from}
				and abs(present.n - ${respondents}) < ${LEAST_PUBLISHED}
				and (present.n <> ${respondents} or present.sums <> ${figures} -> 'sums')
			limit 1`
	);
	return changed.length > 0;
}

/**
 * Whether the figures of a period, combined with all published figures, would reveal the answers of fewer than five
 * people. For example, a year minus three of its quarters is the fourth quarter.
 * Days that are in the same publications are never separated by adding or subtracting publications. So each such set of
 * days that the new period touches must contain no form or at least five. Withdrawn publications count too, because
 * somebody may have copied them.
 */
async function wouldRevealFew(on: Database | Tx, unitId: string, { from, to }: Period): Promise<boolean> {
	const day = skmResponses.day;
	const published = sql`(
		select distinct ${skmPublications.firstDay} as first, ${skmPublications.lastDay} as last,
			${skmPublications.firstDay} <= ${to} and ${skmPublications.lastDay} >= ${from} as touched
		from ${skmPublications} where ${skmPublications.unitId} = ${unitId})`;
	const few = await rowsOf(
		on,
		sql`select 1 as few
			from ${skmResponses}
			cross join lateral (
				select coalesce(array_agg(p.first || ' ' || p.last order by p.first, p.last), '{}') as lying_in,
					coalesce(bool_or(p.touched), false) as touched
				from ${published} p where ${day} between p.first and p.last
			) known
			where ${skmResponses.unitId} = ${unitId} and ${skmResponses.state} = 'counted'
				and (known.touched or ${day} between ${from} and ${to})
			group by known.lying_in, ${day} between ${from} and ${to}
			having count(*) < ${LEAST_PUBLISHED}
			limit 1`
	);
	return few.length > 0;
}

/**
 * The groups of respondents of a publication; null if it overlaps an earlier one, also a withdrawn one. Otherwise the
 * groups of one minus those of the other could show a single person.
 */
async function publishedRespondents(on: Database | Tx, unitId: string, period: Period): Promise<SkmRespondents | null> {
	const { firstDay, lastDay } = skmPublications;
	const [overlapping] = await on
		.select({ id: skmPublications.id })
		.from(skmPublications)
		.where(and(eq(skmPublications.unitId, unitId), lte(firstDay, period.to), gte(lastDay, period.from)))
		.limit(1);
	return overlapping ? null : skmRespondents(on, unitId, period);
}

const day = z.string({ error: 'date_invalid' }).refine(isLocalDate, 'date_invalid');
const whole = z.coerce.number({ error: 'field_invalid' }).int('field_invalid');

/** The confirmed period and the figures that the page showed. */
const confirmation = z.object({ from: day, to: day, respondents: whole, index: whole });

/**
 * Publishes the figures of a finished period on the office's public page and logs it. They never change afterwards.
 * Refuses to publish if the figures differ from those that were confirmed.
 * @throws NotFound and NotAllowed as `managedUnit` does
 * @throws Conflict `invalid-move` with the refusal as its reason, or `skm_figures_moved`
 */
export async function publishSkm(actor: Actor, name: string, raw: unknown): Promise<string> {
	const { from, to, respondents, index } = checked(confirmation, raw);
	const unit = await managedUnit(actor, name);
	return transaction(async (tx) => {
		await lockSkmOffice(tx, unit.id);
		const { office, figures, refusal } = await preview(tx, unit, { from, to });
		if (!office || refusal) throw new Conflict('invalid-move', { reason: refusal ?? 'skm_off' });
		if (figures.n !== respondents || figures.ikm?.hundredths !== index) {
			throw new Conflict('invalid-move', { reason: 'skm_figures_moved' });
		}
		const made = await tx
			.insert(skmPublications)
			.values({
				unitId: unit.id,
				firstDay: from,
				lastDay: to,
				respondents: figures.n,
				figures: { ...figures, respondents: await publishedRespondents(tx, unit.id, { from, to }) },
				decisionNumber: office.decisionNumber,
				publishedAt: now()
			})
			.returning({ id: skmPublications.id })
			.then(storedRow);
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: 'skm.published',
			subject: `${from}/${to}`,
			after: { respondents: figures.n, index: figures.ikm.hundredths / 100, grade: figures.ikm.grade }
		});
		return made.id;
	});
}

/**
 * Withdraws a publication, with a written reason in the log. The public page shows the withdrawal, and the period may
 * be published again, unless few of its forms have changed.
 * @throws NotFound for a publication of a unit the actor does not manage
 * @throws Invalid without a reason
 * @throws Conflict `invalid-move` if it was withdrawn before
 */
export async function withdrawSkm(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason } = checked(z.object({ reason: reasonField }), raw);
	await transaction(async (tx) => {
		const byId = isId(skmPublications.id, id);
		const [found] = await tx.select().from(skmPublications).where(byId).for('update');
		if (!found || !holds(actor, found.unitId, 'manager')) throw new NotFound(id);
		if (found.withdrawnAt) throw new Conflict('invalid-move', { reason: 'skm_withdrawn' });
		await tx.update(skmPublications).set({ withdrawnAt: now() }).where(byId);
		const subject = `${found.firstDay}/${found.lastDay}`;
		await recordChange(tx, actor, { unitId: found.unitId, action: 'skm.withdrawn', subject, reason });
	});
}
