import { and, between, eq, inArray, ne, or, sql } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { AGES, dueOf, medianOf } from '#lib/cases/figures.ts';
import { CHANNELS } from '#lib/cases/vocabulary.ts';
import { monthsOf, type Period } from '#lib/ratings/period.ts';
import { spansOf, within } from '#lib/server/cases/inbox/figure-filter.ts';
import { readableBy } from '#lib/server/channels/incoming/conversation.ts';
import { countConversations } from '#lib/server/channels/incoming/figures.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { placeScans } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { readableScans } from '#lib/server/places/places.ts';
import { unitIdsOf, type UnitScope } from '#lib/server/ratings/access.ts';
import type { Overdue } from '#lib/server/recap/overdue-cases.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { boardUnit, boardUnits, countedFor, hasCaseAccess } from './board-scope.ts';
import {
	clocksOf,
	countedReports,
	countsOf,
	histogramOf,
	overdueFor,
	sumOf,
	sumsOfNow,
	sumsWithin,
	type Count,
	type Counting,
	type Sum
} from './measures.ts';

export interface BoardQuery extends Period {
	/** Code or slug. */
	unit: string;
	service?: string;
	scope?: UnitScope;
}

/** Longer periods are shown by month. */
const COURSE_DAYS = 62;

/**
 * The figures of a unit's reports in a period. They contain no text of reports and nothing about single persons.
 * `countedFor` defines which reports count for the actor.
 * @throws NotFound as `boardUnit`
 */
export async function caseBoard(actor: Actor, query: BoardQuery) {
	const unit = await boardUnit(actor, query.unit);
	const scope = query.scope ?? 'own';
	const opens = hasCaseAccess(actor, unit.id);
	const unitIds = await unitIdsOf(unit, scope);
	const units = scope === 'tree' ? (await boardUnits(actor)).filter(({ id }) => unitIds.includes(id)) : [unit];
	const counting: Counting = {
		units,
		service: query.service,
		counted: countedFor(actor, unit, scope),
		own: actor.officerId,
		pooled: !opens
	};
	const period = { from: query.from, to: query.to };
	const today = localDate(now(), unit.timeZone);
	const days = daysOf(period);
	const [periodSums, presentSums, overdue, messages] = await Promise.all([
		sumsWithin(counting, period, days ? 'day' : 'month'),
		sumsOfNow(counting, today),
		overdueFor(counting, period, unit.timeZone),
		// Messages have no service.
		query.service ? [] : incomingMessages(actor, counting, period)
	]);
	const sums = [...periodSums, ...presentSums];
	return {
		unit: { id: unit.id, slug: unit.slug },
		totals: totalsOf(sums),
		/** Median of the calendar days from arrival to answer, for all answers of the period; undefined without answers. */
		medianDays: medianOf(histogramOf(sums, 'answered', 'days')),
		course: courseOf(sums, days, period),
		/** The present date at the office. */
		today,
		ages: agesOf(sums, today),
		/** Reports received in the period, by their properties. */
		counts: {
			status: countsOf(sums, 'received', 'status'),
			kind: countsOf(sums, 'received', 'kind'),
			category: countsOf(sums, 'received', 'category'),
			channel: countsOf(sums, 'received', 'channel')
		},
		reasons: countsOf(sums, 'archived', 'reason'),
		clocks: clocksOf(sums, overdue),
		/** Undefined in offices that use no channel: no message came, and none was lost. */
		channels:
			messages.length > 0 || sumOf(sums, 'undelivered', 'channel') > 0
				? { reports: channelsOf(sums, overdue), messages }
				: undefined,
		places: await placeFigures(actor, unitIds, period, countsOf(sums, 'received', 'place')),
		/** How often each score from 1 to 5 was given to an answer. */
		scores: [1, 2, 3, 4, 5].map((score) => sumOf(sums, 'score', 'score', String(score))),
		lapor: laporOf(sums),
		/** Figures of each office, if the board covers several. */
		offices: (scope === 'tree' ? units : []).map((office) => {
			const officeSums = sums.filter(({ unitId }) => unitId === office.id);
			const missed = overdue.filter(({ unitId }) => unitId === office.id);
			const clock = clocksOf(officeSums, missed).find(({ name }) => name === 'first_reply');
			return { unit: office, ...totalsOf(officeSums), clock };
		}),
		/** Whether the actor may open the reports behind the figures. */
		opens
	};
}

export type CaseBoard = Awaited<ReturnType<typeof caseBoard>>;

/**
 * Reports received, answered, archived and reopened in the period (docs/decisions/0032), all reports that are open now,
 * and those of them with a missed deadline.
 */
function totalsOf(sums: readonly Sum[]) {
	return {
		received: sumOf(sums, 'received'),
		answered: sumOf(sums, 'answered'),
		archived: sumOf(sums, 'archived'),
		reopened: sumOf(sums, 'reopened'),
		open: sumOf(sums, 'open'),
		late: sumOf(sums, 'open', 'late', '')
	};
}

/** For each channel: how many reports came, how many first replies were in time, and how many messages were lost. */
function channelsOf(sums: readonly Sum[], overdue: readonly Overdue[]) {
	return CHANNELS.map((channel) => ({
		channel,
		received: sumOf(sums, 'received', 'channel', channel),
		metOnTime: sumOf(sums, 'kept', 'reply_met', channel),
		metLate: sumOf(sums, 'kept', 'reply_late', channel),
		overdue: overdue.filter((one) => one.name === 'first_reply' && one.channel === channel).length,
		undelivered: sumOf(sums, 'undelivered', 'channel', channel)
	})).filter((row) => row.received + dueOf(row) + row.undelivered > 0);
}

/**
 * The messages of "Pesan masuk" that came in the period. Those that the reader may not read do not count, and those of
 * reports count as their report does.
 */
function incomingMessages(actor: Actor, counting: Counting, period: Period) {
	const { unitId, firstAt, state } = conversations;
	const came = spansOf(period, counting.units).map((span) =>
		and(inArray(unitId, span.unitIds), within(sql`${firstAt}`, span))
	);
	const counted = or(and(ne(state, 'case'), readableBy(actor)), and(eq(state, 'case'), countedReports(counting)));
	return countConversations(db(), and(or(...came), counted));
}

/**
 * Received and answered reports over time, by day for a short period, else by month. Includes empty days and months.
 */
function courseOf(sums: readonly Sum[], days: LocalDate[] | undefined, period: Period) {
	const points = (days ?? monthsOf(period)).map((at) => {
		const pointSums = sums.filter((sum) => sum.at === at);
		return { at, received: sumOf(pointSums, 'received'), answered: sumOf(pointSums, 'answered') };
	});
	return { by: days ? ('day' as const) : ('month' as const), points };
}

/** The days of a period; undefined if there are more than `COURSE_DAYS`. */
function daysOf({ from, to }: Period): LocalDate[] | undefined {
	const days: LocalDate[] = [];
	for (let day = from; day <= to; day = addDays(day, 1)) {
		if (days.length === COURSE_DAYS) return undefined;
		days.push(day);
	}
	return days;
}

/** Open reports by age. `from` and `to` are the days of arrival. */
function agesOf(sums: readonly Sum[], today: LocalDate) {
	return AGES.map(({ key, from, to }) => {
		const oldest = to === Infinity ? undefined : addDays(today, -to);
		const youngest = addDays(today, -from);
		const n = sumOf(
			sums.filter(({ at }) => at <= youngest && (oldest === undefined || at >= oldest)),
			'open'
		);
		return { key, from: oldest, to: youngest, n };
	});
}

function laporOf(sums: readonly Sum[]) {
	const hours = histogramOf(sums, 'lapor', 'hours');
	return {
		states: countsOf(sums, 'lapor', 'state'),
		numbered: hours.reduce((all, { n }) => all + n, 0),
		medianHours: medianOf(hours)
	};
}

/**
 * Places whose code was scanned or used for a counted report, with most reports first. Scans are stored as a number per
 * day.
 */
async function placeFigures(actor: Actor, unitIds: readonly string[], { from, to }: Period, reports: readonly Count[]) {
	const { places, unitById } = await referenceData();
	const ofUnits = places.filter(({ unitId }) => unitIds.includes(unitId));
	const ids = ofUnits.map(({ id }) => id);
	const rows = await db()
		.select({ id: placeScans.placeId, scans: sql<number>`sum(${placeScans.count})::int` })
		.from(placeScans)
		.where(and(inArray(placeScans.placeId, ids), between(placeScans.day, from, to), readableScans(actor)))
		.groupBy(placeScans.placeId);
	const scansOf = new Map(rows.map(({ id, scans }) => [id, scans]));
	const reportsOf = new Map(reports.map(({ value, n }) => [value, n]));
	return ofUnits
		.map(({ id, name, kind, unitId }) => {
			const unit = unitById.get(unitId)?.name ?? '';
			return { id, name, kind, unit, scans: scansOf.get(id) ?? 0, reports: reportsOf.get(id) ?? 0 };
		})
		.filter(({ scans, reports: n }) => scans + n > 0)
		.sort((a, b) => b.reports - a.reports || b.scans - a.scans || a.name.localeCompare(b.name));
}
