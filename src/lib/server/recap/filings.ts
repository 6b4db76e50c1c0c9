import { and, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { localDate, yearOf } from '#lib/calendar/days.ts';
import type { PeriodKey } from '#lib/ratings/period-key.ts';
import { RECAP_SCOPES, type RecapFigures, type RecapScope } from '#lib/recap/figures.ts';
import { recapNumber } from '#lib/text/reference-numbers.ts';
import { finishedKeys, recapPeriod, type RecapGrain } from '#lib/recap/period.ts';
import { seenVersion } from '#lib/cases/schema.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { nextNumber } from '#lib/server/db/next-number.ts';
import type { Signer } from '#lib/server/db/schema/answers.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import { units as unitRows } from '#lib/server/db/schema/units.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { hasOpened, isOpenToPublic, type Unit } from '#lib/server/people/units/find-unit.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { openedBefore, owedBefore, periodEnd, recapDueOn } from './due.ts';
import { readUnitsAndRatings, recapFigures } from './figures.ts';
import { reportingUnit, reportingUnits } from './scope.ts';

export type FiledRecap = typeof recaps.$inferSelect;

/** Input: which report is filed, and the latest version that the sender saw (0: none). */
const filingInput = z.object({
	scope: z.enum(RECAP_SCOPES).default('own'),
	period: z.string({ error: 'field_invalid' }),
	version: seenVersion,
	reason: z.string().trim().min(1, 'reason_missing').max(500, 'reason_long').optional()
});

/** All filed versions of a report, the newest first. */
export async function versionsOf(
	on: Database | Tx,
	about: { unitId: string; scope: RecapScope; period: string }
): Promise<FiledRecap[]> {
	return on
		.select()
		.from(recaps)
		.where(and(eq(recaps.unitId, about.unitId), eq(recaps.scope, about.scope), eq(recaps.period, about.period)))
		.orderBy(desc(recaps.version));
}

/**
 * Files the report of a finished period: stores its figures under the next number of the unit and year. A report that was
 * filed before gets a further version, which needs a reason. Filed versions never change.
 *
 * @returns the number as the report shows it
 * @throws NotFound and NotAllowed as `reportingUnit`
 * @throws Conflict if another person filed meanwhile, the unit is in trial, the period is not over, or nothing changed
 * @throws Invalid on a correction without a reason
 */
export async function fileRecap(actor: Actor, name: string, raw: unknown): Promise<string> {
	const { scope, period: key, version, reason } = checked(filingInput, raw);
	const unit = await reportingUnit(actor, name);
	if (isInTrial(unit)) throw new Conflict('invalid-move', { reason: 'recap_trial' });
	const period = recapPeriod(key);
	if (!period) throw invalid('period', 'field_invalid');
	const today = localDate(now(), unit.timeZone);
	if (period.to >= today) throw new Conflict('invalid-move', { reason: 'recap_running' });
	const beside = await readUnitsAndRatings(unit, scope, period);
	return transaction(async (tx) => {
		const year = yearOf(today);
		const number = await nextNumber(tx, 'recap', unit.id, year);
		const [last] = await versionsOf(tx, { unitId: unit.id, scope, period: key });
		if ((last?.version ?? 0) !== version) throw new Conflict('invalid-move', { reason: 'recap_filed' });
		if (last && !reason) throw invalid('reason', 'reason_missing');
		const figures = await recapFigures(tx, unit, scope, period, beside);
		if (last && isSame(last.figures, figures)) throw new Conflict('invalid-move', { reason: 'recap_same' });
		await tx.insert(recaps).values({
			unitId: unit.id,
			scope,
			period: key,
			version: version + 1,
			year,
			number,
			figures,
			reason: last ? (reason ?? null) : null,
			filedBy: actor.accountId,
			signer: await signerOf(actor),
			filedAt: now()
		});
		const written = recapNumber({ number, unit: unit.code, year });
		await recordChange(tx, actor, {
			unitId: unit.id,
			action: last ? 'recap.corrected' : 'recap.filed',
			subject: `${key} ${scope}`,
			reason: last ? reason : undefined,
			after: { number: written, version: version + 1 }
		});
		return written;
	});
}

/**
 * Compares the figures as JSON, because the database stores JSON, which has no undefined. Leaves out
 * sections that the stored report lacks, because a newer version of the program may have added them.
 */
function isSame(stored: RecapFigures, current: RecapFigures): boolean {
	const present = Object.entries(JSON.parse(JSON.stringify(current)) as RecapFigures);
	return isDeepStrictEqual(stored, Object.fromEntries(present.filter(([section]) => section in stored)));
}

async function signerOf({ name, officerId }: Actor): Promise<Signer> {
	const officer = (await referenceData()).officerById.get(officerId ?? '');
	return { name, position: officer?.position ?? null };
}

/** A report in the list of filings: filed, missing, or not owed by its unit. */
export type OwedRecap = Awaited<ReturnType<typeof filingsOf>>['owed'][number];

/**
 * The filed and missing reports of a period: those of the unit and of the units below it that the actor may see, and the
 * unit's combined report if there are units below. Units below that were never open and filed nothing are left out.
 * @param query.period a finished period; by default the latest finished one
 * @throws NotFound and NotAllowed as `reportingUnit`
 */
export async function filingsOf(actor: Actor, query: { unit: string; grain: RecapGrain; period?: string }) {
	const unit = await reportingUnit(actor, query.unit);
	const units = await reportingUnits(actor);
	const today = localDate(now(), unit.timeZone);
	const periods = finishedKeys(query.grain, today);
	const period = periods.find((key) => key === query.period) ?? periods[0] ?? '';
	const tree = units.filter(({ path }) => path.startsWith(unit.path));
	const filed = await latestVersions(
		tree.map(({ id }) => id),
		period
	);
	const shown = new Set([unit.id, ...filed.map(({ unitId }) => unitId)]);
	const below = tree.filter((of) => hasOpened(of) || shown.has(of.id));
	const dueOn = (await recapDueOn([period])).get(period) ?? today;
	const opened = await unitsAtEnd(below, period, openedBefore);
	const owing = await unitsAtEnd(below, period, owedBefore);
	const owedRecap = (of: Unit, scope: RecapScope) => {
		const latest = filed.find((row) => row.unitId === of.id && row.scope === scope);
		return {
			unit: { slug: of.slug, name: of.name, timeZone: of.timeZone },
			scope,
			filed: latest
				? {
						number: recapNumber({ number: latest.number, unit: of.code, year: latest.year }),
						version: latest.version,
						filedAt: latest.filedAt,
						firstFiledAt: latest.firstFiledAt
					}
				: null,
			/** An office below filed a correction after this combined report, which does not have the corrected figures. */
			outdated: scope === 'tree' && filed.some((row) => row.version > 1 && latest && row.filedAt > latest.filedAt),
			/** Not filed although its due day has passed. Never true for a closed unit, or a period before the unit was opened. */
			overdue: !latest && dueOn < today && isOpenToPublic(of) && owing.has(of.id),
			/** The office was opened only after the period. */
			beforeOpening: !latest && !opened.has(of.id)
		};
	};
	const together = below.length > 1 ? [owedRecap(unit, 'tree')] : [];
	return {
		unit,
		units,
		periods,
		today,
		period,
		dueOn,
		owed: [...together, ...below.map((one) => owedRecap(one, 'own'))]
	};
}

/** Ids of the units that met a condition when the period ended in their own time zone. */
async function unitsAtEnd(
	all: readonly Unit[],
	period: PeriodKey,
	condition: (ended: Date) => SQL | undefined
): Promise<Set<string>> {
	const met = new Set<string>();
	for (const [zone, here] of Map.groupBy(all, ({ timeZone }) => timeZone)) {
		const endedAt = periodEnd(period, zone);
		if (!endedAt) continue;
		const ids = here.map(({ id }) => id);
		const rows = await db()
			.select({ id: unitRows.id })
			.from(unitRows)
			.where(and(inArray(unitRows.id, ids), condition(endedAt)));
		for (const { id } of rows) met.add(id);
	}
	return met;
}

const latestVersions = (unitIds: readonly string[], period: PeriodKey) =>
	db()
		.selectDistinctOn([recaps.unitId, recaps.scope], {
			unitId: recaps.unitId,
			scope: recaps.scope,
			version: recaps.version,
			year: recaps.year,
			number: recaps.number,
			filedAt: recaps.filedAt,
			firstFiledAt: sql`min(${recaps.filedAt}) over (partition by ${recaps.unitId}, ${recaps.scope})`.mapWith(
				recaps.filedAt
			)
		})
		.from(recaps)
		.where(and(inArray(recaps.unitId, [...unitIds]), eq(recaps.period, period)))
		.orderBy(recaps.unitId, recaps.scope, desc(recaps.version));
