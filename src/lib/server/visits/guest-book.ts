import {
	and,
	asc,
	between,
	count,
	desc,
	eq,
	gt,
	isNotNull,
	isNull,
	lt,
	max,
	min,
	or,
	sql,
	type SQL
} from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { monthEnd, monthsAfter } from '#lib/ratings/period.ts';
import { responseRate } from '#lib/visits/response-rate.ts';
import type { Channel } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, places } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { caseRoleUnits, recordsOf, type Actor } from '#lib/server/people/actor.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { seenValues } from '#lib/server/stale-form.ts';
import { correctable, officerFixed, visitNumber, visitOf } from './visits.ts';
import { LINK_DAYS, visitToken } from './link.ts';

const PAGE = 50;
/** Maximum number of unfinished visits of earlier days that are listed; normally there are none. */
const LEFT_OPEN = 20;

interface BookQuery {
	unit: string;
	state?: VisitState;
}

/**
 * Returns one day of a unit's guest book, newest entry first.
 * @param cursor `nextCursor` of the previous page
 * @throws NotFound if the actor has no guest book at the unit
 */
export async function guestBook(actor: Actor, query: BookQuery & { day?: LocalDate }, cursor?: string) {
	const unit = await requireUnitWithin(query.unit, caseRoleUnits(actor));
	const ofUnit = eq(visits.unitId, unit.id);
	const today = localDate(now(), unit.timeZone);
	const day = query.day ?? today;
	const unfinished = and(ofUnit, isNull(visits.closedAt), lt(visits.day, today));
	const [{ items: lines, nextCursor }, [before], [after], counts, leftOpen] = await Promise.all([
		linesPage(unit.id, { ...query, day }, cursor, PAGE),
		db()
			.select({ day: max(visits.day) })
			.from(visits)
			.where(and(ofUnit, lt(visits.day, day))),
		db()
			.select({ day: min(visits.day) })
			.from(visits)
			.where(and(ofUnit, gt(visits.day, day))),
		countsOf(and(ofUnit, eq(visits.day, day))),
		day === today ? linesOf(unfinished, asc, LEFT_OPEN) : []
	]);
	return {
		day,
		today,
		counts,
		lines,
		nextCursor,
		/** The nearest days before and after with visits. */
		earlier: before?.day ?? null,
		later: after?.day ?? null,
		/** Unfinished visits of earlier days, listed only with today's. */
		leftOpen
	};
}

/** Only the entries of a day, page by page, in the order of `guestBook`. */
export async function bookLines(
	actor: Actor,
	query: BookQuery & { day: LocalDate },
	cursor: string | undefined,
	size: number
) {
	const unit = await requireUnitWithin(query.unit, caseRoleUnits(actor));
	return linesPage(unit.id, query, cursor, size);
}

async function linesPage(
	unitId: string,
	{ day, state }: { day: LocalDate; state?: VisitState },
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

/** A line of the guest book. It does not contain whether the visit's link was used. */
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
		/** Whether the link has not expired; it may have been used. */
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
 * Returns how many of a unit's visits were rated in the last month whose links have all expired. This figure is shown
 * at the desk, so it must not change with a single rating. Visits that the reader served do not count, also those
 * served at a former office: pages of figures leave them out too, and the difference would show which visitors of the
 * reader rated. Null if there are too few visits.
 * @returns also the month's first day
 */
export async function lastResponse(reader: Pick<Actor, 'officerId'>, unit: { id: string; timeZone: string }) {
	const today = localDate(now(), unit.timeZone);
	const month = monthsAfter(addDays(today, -(LINK_DAYS + 1)), -1);
	const { officerId } = visits;
	const byOthers = reader.officerId
		? or(isNull(officerId), sql`${officerId} not in ${recordsOf(reader.officerId)}`)
		: undefined;
	const days = await db()
		.select({ visits: count(), answered: count(visits.usedOn) })
		.from(visits)
		.where(
			and(byOthers, eq(visits.unitId, unit.id), between(visits.day, month, monthEnd(month)), notInTrial(visits.unitId))
		)
		.groupBy(visits.day);
	const noted = days.reduce((sum, day) => sum + day.visits, 0);
	const answered = days.reduce((sum, day) => sum + day.answered, 0);
	const rate = responseRate({ visits: noted, visitDays: days.length, answered });
	return rate === null ? null : { month, visits: noted, answered, rate };
}

/** Returns one visit for the desk's page. @throws NotFound */
export async function visitPage(actor: Actor, id: string) {
	const [visit] = await db().select().from(visits).where(visitOf(actor, id));
	const { unitById, officerById, placeById } = await referenceData();
	const unit = unitById.get(visit?.unitId ?? '');
	if (!visit || !unit) throw new NotFound(`visit ${id}`);
	const named = (one: { id: string; name: string } | undefined) => (one ? { id: one.id, name: one.name } : null);
	const { day, createdAt, begunAt, closedAt, expiresAt, service, purpose } = visit;
	return {
		id,
		day,
		createdAt,
		begunAt,
		closedAt,
		expiresAt,
		service,
		purpose,
		unit: { id: unit.id, slug: unit.slug, name: unit.name, timeZone: unit.timeZone },
		officer: named(officerById.get(visit.officerId ?? '')),
		desk: named(placeById.get(visit.placeId ?? '')),
		number: visitNumber(visit.id),
		state: visitState(visit),
		channel: visit.channel as Channel,
		/** What the form of a correction was loaded with (see `requireSeen`). */
		seen: seenValues(correctable(visit)),
		/** Why the reader may not change the officer; null if the reader may. */
		officerFixed: await officerFixed(actor, visit),
		/** The reader's officer id, if the reader must not take over this finished visit. */
		notTo: (await officerFixed(actor, visit, actor.officerId)) ? actor.officerId : null,
		/** From the end of the service until the link expires, whether or not the link was used. */
		token: closedAt !== null && expiresAt > now() ? visitToken(visit.id) : null
	};
}
