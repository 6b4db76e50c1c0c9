import { and, asc, between, count, desc, eq, gt, isNotNull, isNull, lt, max, min, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { monthEnd, monthsAfter } from '#lib/ratings/period.ts';
import { responseRate } from '#lib/visits/response.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { bookUnits, officerFixed, visitNumber, visitOf } from './visits.ts';
import { LIFE_DAYS } from './entries.ts';
import { visitToken } from './link.ts';

const PAGE = 50;
/** Unfinished visits of earlier days that are listed; normally there are none. */
const LEFT_OPEN = 20;

interface Asked {
	unit: string;
	state?: VisitState | undefined;
}

/**
 * One day of a unit's guest book, the newest entry first.
 * @param cursor `nextCursor` of the page before
 * @throws NotFound on a unit that isn't the actor's
 */
export async function guestBook(actor: Actor, asked: Asked & { day?: LocalDate | undefined }, cursor?: string) {
	const unit = await requireUnitWithin(asked.unit, bookUnits(actor));
	const ofUnit = eq(visits.unitId, unit.id);
	const today = localDate(now(), unit.timeZone);
	const day = asked.day ?? today;
	const { items: lines, nextCursor } = await linesPage(unit.id, { ...asked, day }, cursor, PAGE);
	const unended = and(ofUnit, isNull(visits.closedAt), lt(visits.day, today));
	const [before] = await db()
		.select({ day: max(visits.day) })
		.from(visits)
		.where(and(ofUnit, lt(visits.day, day)));
	const [after] = await db()
		.select({ day: min(visits.day) })
		.from(visits)
		.where(and(ofUnit, gt(visits.day, day)));
	return {
		day,
		today,
		counts: await countsOf(and(ofUnit, eq(visits.day, day))),
		lines,
		nextCursor,
		/** The nearest days that have visits. */
		earlier: before?.day ?? null,
		later: after?.day ?? null,
		/** Of earlier days, never ended: shown beside today's. */
		leftOpen: day === today ? await linesOf(unended, asc, LEFT_OPEN) : []
	};
}

/** The entries of a day alone, page by page, as `guestBook` orders them. */
export async function bookLines(
	actor: Actor,
	asked: Asked & { day: LocalDate },
	cursor: string | undefined,
	size: number
) {
	const unit = await requireUnitWithin(asked.unit, bookUnits(actor));
	return linesPage(unit.id, asked, cursor, size);
}

async function linesPage(
	unitId: string,
	{ day, state }: { day: LocalDate; state?: VisitState | undefined },
	cursor: string | undefined,
	size: number
) {
	const which = and(
		eq(visits.unitId, unitId),
		eq(visits.day, day),
		state && inState(state),
		beyond(cursor, [visits.createdAt, visits.id])
	);
	return pageOf(await linesOf(which, desc, size + 1), size, ({ createdAt }) => createdAt);
}

/** A line of the guest book. Whether the visit's link was used is not among what is known here. */
export type BookLine = Awaited<ReturnType<typeof linesOf>>[number];

async function linesOf(which: SQL | undefined, order: typeof asc, limit: number) {
	const { id, day, createdAt, begunAt, closedAt, service, channel, purpose, expiresAt } = visits;
	const shown = { id, day, createdAt, begunAt, closedAt, service, channel, purpose };
	const rows = await db()
		.select({ ...shown, expiresAt, officer: officers.name, desk: places.name })
		.from(visits)
		.leftJoin(officers, eq(officers.id, visits.officerId))
		.leftJoin(places, eq(places.id, visits.placeId))
		.where(which)
		.orderBy(order(createdAt), order(id))
		.limit(limit);
	return rows.map(({ expiresAt: until, ...row }) => ({
		...row,
		state: visitState(row),
		/** Its link is still good, used or not. */
		linkGood: until > now()
	}));
}

function inState(state: VisitState): SQL | undefined {
	if (state === 'closed') return isNotNull(visits.closedAt);
	return and(isNull(visits.closedAt), state === 'begun' ? isNotNull(visits.begunAt) : isNull(visits.begunAt));
}

async function countsOf(ofDay: SQL | undefined): Promise<Record<VisitState | 'all', number>> {
	const [row] = await db()
		.select({ all: count(), begun: count(visits.begunAt), closed: count(visits.closedAt) })
		.from(visits)
		.where(ofDay);
	const { all = 0, begun = 0, closed = 0 } = row ?? {};
	return { all, waiting: all - begun, begun: begun - closed, closed };
}

/**
 * How many of a unit's visits were answered with a rating, for the last month whose links are all past: a figure that moves with
 * no single one, for everybody at the desk. Null if it would speak of too few.
 * @returns with the month's first day
 */
export async function lastResponse(unit: { id: string; timeZone: string }) {
	const today = localDate(now(), unit.timeZone);
	const month = monthsAfter(addDays(today, -(LIFE_DAYS + 1)), -1);
	const days = await db()
		.select({ visits: count(), answered: count(visits.usedOn) })
		.from(visits)
		.where(and(eq(visits.unitId, unit.id), between(visits.day, month, monthEnd(month))))
		.groupBy(visits.day);
	const noted = days.reduce((sum, day) => sum + day.visits, 0);
	const answered = days.reduce((sum, day) => sum + day.answered, 0);
	const rate = responseRate({ visits: noted, visitDays: days.length, answered });
	return rate === null ? null : { month, visits: noted, answered, rate };
}

/** One visit as the desk sees it. @throws NotFound */
export async function visitPage(actor: Actor, id: string) {
	const [found] = await db()
		.select({
			visit: visits,
			unit: { id: units.id, slug: units.slug, name: units.name, timeZone: units.timeZone },
			officer: { id: officers.id, name: officers.name },
			desk: { id: places.id, name: places.name }
		})
		.from(visits)
		.innerJoin(units, eq(units.id, visits.unitId))
		.leftJoin(officers, eq(officers.id, visits.officerId))
		.leftJoin(places, eq(places.id, visits.placeId))
		.where(visitOf(actor, id));
	if (!found) throw new NotFound(`visit ${id}`);
	const { visit, ...around } = found;
	const { day, createdAt, begunAt, closedAt, expiresAt, service, purpose } = visit;
	return {
		...{ id, day, createdAt, begunAt, closedAt, expiresAt, service, purpose },
		...around,
		number: visitNumber(visit.id),
		state: visitState(visit),
		channel: visit.channel as Channel,
		/** Why the reader may not change the officer; null if they may. */
		officerFixed: officerFixed(actor, visit),
		/** The officer whom the visit is not given to: a supervisor does not take a finished visit over. */
		notTo: officerFixed(actor, visit, actor.officerId) ? actor.officerId : null,
		/** Once the service is over, while the link is good. Shown alike whether it was used or not. */
		token: closedAt !== null && expiresAt > now() ? visitToken(visit.id) : null
	};
}
