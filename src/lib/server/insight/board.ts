import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { AGES, medianOf, type AgeKey, type ClockFigures } from '#lib/cases/figures.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { monthsOf, type Period } from '#lib/ratings/period.ts';
import { now } from '#lib/server/clock.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { unitIdsOf, type ManagedUnit, type UnitScope } from '#lib/server/ratings/managed-unit.ts';
import { boardUnit, boardUnits } from './board-units.ts';
import { countedFor, opensCases } from './counted.ts';
import { openByDay, overdueFor, runningNow, sumsWithin, type Counting, type Grain, type Sum } from './measures.ts';
import { placesBeside, type PlaceFigures } from './place-figures.ts';
import { clocksOf, countsOf, histogramOf, sumOf, type Count } from './read-sums.ts';

export interface BoardQuery extends Period {
	/** Code or slug. */
	unit: string;
	service?: string | undefined;
	scope?: UnitScope;
}

/** How many reports came and were answered, archived and reopened: the figures of periodic reports (docs/decisions/0032). */
export interface Totals {
	/** On days of the period. */
	received: number;
	answered: number;
	archived: number;
	reopened: number;
	/** Now, whenever received. */
	open: number;
}

export interface CaseBoard {
	totals: Totals;
	/** From receipt to each answer of the period, calendar days; undefined before the first. */
	medianDays: number | undefined;
	/** By day in a period of up to two months, else by month. */
	course: { by: Grain; points: { at: LocalDate; received: number; answered: number }[] };
	/** What is open now by its age, and the days of receipt that this means. */
	ages: { key: AgeKey; from: LocalDate | undefined; to: LocalDate; n: number }[];
	/** Of the reports received in the period. */
	counts: Record<'status' | 'kind' | 'category' | 'channel', Count[]>;
	reasons: Count[];
	clocks: ClockFigures<ClockName>[];
	places: PlaceFigures[];
	/** What reporters gave the answers, 1 to 5. */
	scores: number[];
	lapor: { states: Count[]; numbered: number; medianHours: number | undefined };
	/** Office by office, where several are added up. */
	offices: ({ unit: ManagedUnit } & Totals & { clock: ClockFigures<ClockName> | undefined })[];
	/** Whether the actor may open the reports behind the figures. */
	opens: boolean;
}

const COURSE_DAYS = 62;

/**
 * What a unit's reports come to in a period: figures alone, nothing of what a report says and nothing by person. Which
 * reports count for whom, `countedFor` says.
 *
 * @throws NotFound as `boardUnit`
 */
export async function caseBoard(actor: Actor, query: BoardQuery): Promise<CaseBoard> {
	const unit = await boardUnit(actor, query.unit);
	const scope = query.scope ?? 'own';
	const opens = opensCases(actor, unit.id);
	const unitIds = await unitIdsOf(unit, scope);
	const units = scope === 'tree' ? (await boardUnits(actor)).filter(({ id }) => unitIds.includes(id)) : [unit];
	const whose: Counting = {
		units,
		service: query.service,
		counted: countedFor(actor, unit, scope),
		own: actor.officerId,
		pooled: !opens
	};
	const period = { from: query.from, to: query.to };
	const today = localDate(now(), unit.timeZone);
	const days = daysOf(period, COURSE_DAYS);
	const [within, running, open, overdue] = await Promise.all([
		sumsWithin(whose, period, days ? 'day' : 'month'),
		runningNow(whose),
		openByDay(whose, today),
		overdueFor(whose, period, unit.timeZone)
	]);
	const sums = [...within, ...running];
	return {
		totals: totalsOf(sums, open),
		medianDays: medianOf(histogramOf(sums, 'answered', 'days')),
		course: courseOf(within, days, period),
		ages: agesOf(open, today),
		counts: {
			status: countsOf(sums, 'received', 'status'),
			kind: countsOf(sums, 'received', 'kind'),
			category: countsOf(sums, 'received', 'category'),
			channel: countsOf(sums, 'received', 'channel')
		},
		reasons: countsOf(sums, 'archived', 'reason'),
		clocks: clocksOf(sums, overdue),
		places: await placesBeside(unitIds, period, countsOf(sums, 'received', 'place')),
		scores: [1, 2, 3, 4, 5].map((score) => sumOf(sums, 'score', 'score', String(score))),
		lapor: laporOf(sums),
		offices: (scope === 'tree' ? units : []).map((office) => {
			const its = sums.filter(({ unitId }) => unitId === office.id);
			const itsOpen = open.filter(({ unitId }) => unitId === office.id);
			const missed = overdue.filter(({ unitId }) => unitId === office.id);
			const clock = clocksOf(its, missed).find(({ name }) => name === 'first_reply');
			return { unit: office, ...totalsOf(its, itsOpen), clock };
		}),
		opens
	};
}

function totalsOf(sums: readonly Sum[], open: readonly Sum[]): Totals {
	return {
		received: sumOf(sums, 'received'),
		answered: sumOf(sums, 'answered'),
		archived: sumOf(sums, 'archived'),
		reopened: sumOf(sums, 'reopened'),
		open: sumOf(open, 'open')
	};
}

/** Received and answered over time, also on days and in months in which nothing was. */
function courseOf(sums: readonly Sum[], days: LocalDate[] | undefined, period: Period): CaseBoard['course'] {
	const points = (days ?? monthsOf(period)).map((at) => {
		const then = sums.filter((sum) => sum.at === at);
		return { at, received: sumOf(then, 'received'), answered: sumOf(then, 'answered') };
	});
	return { by: days ? 'day' : 'month', points };
}

/** The days of a period; undefined if they are more than `most`. */
function daysOf({ from, to }: Period, most: number): LocalDate[] | undefined {
	const days: LocalDate[] = [];
	for (let day = from; day <= to; day = addDays(day, 1)) {
		if (days.length === most) return undefined;
		days.push(day);
	}
	return days;
}

function agesOf(open: readonly Sum[], today: LocalDate): CaseBoard['ages'] {
	return AGES.map(({ key, from, to }) => {
		const oldest = to === Infinity ? undefined : addDays(today, -to);
		const youngest = addDays(today, -from);
		const n = sumOf(
			open.filter(({ at }) => at <= youngest && (oldest === undefined || at >= oldest)),
			'open'
		);
		return { key, from: oldest, to: youngest, n };
	});
}

function laporOf(sums: readonly Sum[]): CaseBoard['lapor'] {
	const hours = histogramOf(sums, 'lapor', 'hours');
	return {
		states: countsOf(sums, 'lapor', 'state'),
		numbered: hours.reduce((all, { n }) => all + n, 0),
		medianHours: medianOf(hours)
	};
}
