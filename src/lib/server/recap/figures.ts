import { asc, eq, like } from 'drizzle-orm';
import type { RatingRecord, RecapFigures, RecapScope } from '#lib/recap/figures.ts';
import type { Period } from '#lib/ratings/period.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { ratingMethod } from '#lib/server/ratings/figures/method.ts';
import { addedUp, unitSummaries } from '#lib/server/ratings/figures/summary.ts';
import { laporFigures } from './at-lapor.ts';
import { carriedOut } from './carried-out.ts';
import { flowFigures, oversightFigures, subjectFigures } from './flow.ts';
import { followUpsOf } from './follow-ups.ts';
import type { RecapSpan } from './moment.ts';
import { promiseFigures } from './promises.ts';

/** The units a report counts, by code. */
export async function unitsOf(unit: Unit, scope: RecapScope): Promise<{ id: string; code: string }[]> {
	return db()
		.select({ id: units.id, code: units.code })
		.from(units)
		.where(scope === 'tree' ? like(units.path, `${unit.path}%`) : eq(units.id, unit.id))
		.orderBy(asc(units.code));
}

/** All cases of the offices: a filed report shows the same to every reader. */
async function ratingRecord(unitIds: readonly string[], period: Period): Promise<RatingRecord> {
	const { minimum } = await ratingMethod();
	const whole = addedUp(await unitSummaries({ officerId: null }, [...unitIds], period), minimum);
	const { n, range, visits, visitDays, answered, voided, held } = whole;
	return { n, range, minimum, visits, visitDays, answered, voided, held };
}

/** Sections that the domain of ratings reads by itself: outside a transaction. */
export interface Beside {
	units: { id: string; code: string }[];
	ratings: RatingRecord;
}

export async function figuresBeside(unit: Unit, scope: RecapScope, period: Period): Promise<Beside> {
	const counted = await unitsOf(unit, scope);
	return {
		units: counted,
		ratings: await ratingRecord(
			counted.map(({ id }) => id),
			period
		)
	};
}

/** Everything a periodic report says of a unit and period, as it stands now. The caller has shown a right to the unit. */
export async function recapFigures(
	on: Database | Tx,
	unit: Unit,
	scope: RecapScope,
	period: Period,
	{ units: counted, ratings }: Beside
): Promise<RecapFigures> {
	const span: RecapSpan = { unitIds: counted.map(({ id }) => id), period, timeZone: unit.timeZone };
	return {
		period,
		units: counted.map(({ code }) => code),
		flow: await flowFigures(on, span),
		received: await subjectFigures(on, span),
		oversight: await oversightFigures(on, span),
		...(await promiseFigures(on, span)),
		lapor: await laporFigures(on, span),
		ratings,
		suggestions: await carriedOut(on, span),
		followUps: await followUpsOf(on, unit.id, scope, period)
	};
}
