import { and, desc, eq, inArray } from 'drizzle-orm';
import { type LocalDate, localDate } from '#lib/calendar/days.ts';
import type { PeriodKey } from '#lib/ratings/period-key.ts';
import { recapNumber } from '#lib/text/reference.ts';
import type { RecapScope } from '#lib/recap/figures.ts';
import { finishedKeys, type RecapGrain } from '#lib/recap/period.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { recaps } from '#lib/server/db/schema/recap.ts';
import { units as unitRows } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { recapDueOn } from './due.ts';
import { owedBefore, periodEnd } from './owing.ts';
import { reportingUnit, reportingUnits } from './reporting-unit.ts';

/** Whether the report of a unit is there. */
export interface OwedRecap {
	unit: { slug: string; name: string };
	scope: RecapScope;
	filed: { number: string; version: number; filedAt: Date } | null;
	/** Not there, and its day has passed; never of a period that ended before the unit was there. */
	overdue: boolean;
}

export interface Filings {
	period: PeriodKey;
	dueOn: LocalDate;
	owed: OwedRecap[];
}

/**
 * Who has filed the report of a period and who has not: the unit and those below it whose reports the actor reads, and
 * the unit's own of all of them together where there are any below.
 *
 * @param period one that is over; else the latest that is
 * @throws NotFound and NotAllowed as `reportingUnit`
 */
export async function filingsOf(
	actor: Actor,
	query: { unit: string; grain: RecapGrain; period?: string | undefined }
): Promise<Filings & { unit: Unit; units: Unit[]; periods: PeriodKey[]; today: LocalDate }> {
	const unit = await reportingUnit(actor, query.unit);
	const units = await reportingUnits(actor);
	const today = localDate(now(), unit.timeZone);
	const periods = finishedKeys(query.grain, today);
	const period = periods.find((key) => key === query.period) ?? periods[0] ?? '';
	const below = units.filter(({ path }) => path.startsWith(unit.path));
	const dueOn = (await recapDueOn([period])).get(period) ?? today;
	const ids = below.map(({ id }) => id);
	const filed = await latestVersions(ids, period);
	const owing = dueOn < today ? await owingUnits(below, period) : new Set<string>();
	const owed = (of: Unit, scope: RecapScope): OwedRecap => {
		const found = filed.find((row) => row.unitId === of.id && row.scope === scope);
		return {
			unit: { slug: of.slug, name: of.name },
			scope,
			filed: found
				? {
						number: recapNumber({ number: found.number, unit: of.code, year: found.year }),
						version: found.version,
						filedAt: found.filedAt
					}
				: null,
			overdue: !found && owing.has(of.id)
		};
	};
	const together = below.length > 1 ? [owed(unit, 'tree')] : [];
	return { unit, units, periods, today, period, dueOn, owed: [...together, ...below.map((one) => owed(one, 'own'))] };
}

/** Ids of those that owe the report of a period at all; each by the end of it in its own zone. */
async function owingUnits(all: readonly Unit[], period: PeriodKey): Promise<Set<string>> {
	const owing = new Set<string>();
	for (const [zone, here] of Map.groupBy(all, ({ timeZone }) => timeZone)) {
		const ended = periodEnd(period, zone);
		if (!ended) continue;
		const ids = here.map(({ id }) => id);
		const rows = await db()
			.select({ id: unitRows.id })
			.from(unitRows)
			.where(and(inArray(unitRows.id, ids), owedBefore(ended)));
		for (const { id } of rows) owing.add(id);
	}
	return owing;
}

async function latestVersions(unitIds: readonly string[], period: PeriodKey) {
	return db()
		.selectDistinctOn([recaps.unitId, recaps.scope], {
			unitId: recaps.unitId,
			scope: recaps.scope,
			version: recaps.version,
			year: recaps.year,
			number: recaps.number,
			filedAt: recaps.filedAt
		})
		.from(recaps)
		.where(and(inArray(recaps.unitId, [...unitIds]), eq(recaps.period, period)))
		.orderBy(recaps.unitId, recaps.scope, desc(recaps.version));
}
