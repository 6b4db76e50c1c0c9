import { and, asc, count, desc, eq, isNotNull, isNull, lt, max, min, or, gt, type SQL } from 'drizzle-orm';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import { isMoment } from '#lib/text/moment.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { visitState, type VisitState } from '#lib/visits/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { officers, places } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireUnitWithin } from '#lib/server/people/units/find-unit.ts';
import { bookUnits } from './find.ts';

const PAGE = 50;
/** Unfinished visits of earlier days that are listed; normally there are none. */
const LEFT_OPEN = 20;

/** A line of the guest book. Whether the visit's link was used is not among what is known here. */
export interface BookLine {
	id: string;
	day: LocalDate;
	state: VisitState;
	createdAt: Date;
	begunAt: Date | null;
	closedAt: Date | null;
	service: string | null;
	channel: string;
	purpose: string | null;
	officer: string | null;
	desk: string | null;
	/** Its link is still good, used or not. */
	linkGood: boolean;
}

export interface GuestBook {
	day: LocalDate;
	today: LocalDate;
	counts: Record<VisitState | 'all', number>;
	lines: BookLine[];
	nextCursor: string | null;
	/** The nearest days that have visits. */
	earlier: LocalDate | null;
	later: LocalDate | null;
	/** Of earlier days, never ended: shown beside today's. */
	leftOpen: BookLine[];
}

/**
 * One day of a unit's guest book, the newest entry first.
 *
 * @param cursor `nextCursor` of the page before
 * @throws NotFound on a unit that isn't the actor's
 */
export async function guestBook(
	actor: Actor,
	asked: { unit: string; day?: LocalDate | undefined; state?: VisitState | undefined },
	cursor?: string
): Promise<GuestBook> {
	const unit = await requireUnitWithin(asked.unit, bookUnits(actor));
	const today = localDate(now(), unit.timeZone);
	const day = asked.day ?? today;
	const ofDay = and(eq(visits.unitId, unit.id), eq(visits.day, day));
	const rows = await linesOf(and(ofDay, asked.state && inState(asked.state), beyond(cursor)), 'newest', PAGE + 1);
	const lines = rows.slice(0, PAGE);
	const last = lines.at(-1);
	return {
		day,
		today,
		counts: await countsOf(ofDay),
		lines,
		nextCursor: rows.length > PAGE && last ? `${last.createdAt.toISOString()}~${last.id}` : null,
		...(await daysAround(unit.id, day)),
		leftOpen:
			day === today
				? await linesOf(
						and(eq(visits.unitId, unit.id), isNull(visits.closedAt), lt(visits.day, today)),
						'oldest',
						LEFT_OPEN
					)
				: []
	};
}

/** The entries of a day alone, page by page, as `guestBook` orders them. */
export async function bookLines(
	actor: Actor,
	asked: { unit: string; day: LocalDate; state?: VisitState | undefined },
	cursor: string | undefined,
	size: number
): Promise<{ items: BookLine[]; nextCursor: string | null }> {
	const unit = await requireUnitWithin(asked.unit, bookUnits(actor));
	const ofDay = and(eq(visits.unitId, unit.id), eq(visits.day, asked.day));
	const rows = await linesOf(and(ofDay, asked.state && inState(asked.state), beyond(cursor)), 'newest', size + 1);
	const items = rows.slice(0, size);
	const last = items.at(-1);
	return { items, nextCursor: rows.length > size && last ? `${last.createdAt.toISOString()}~${last.id}` : null };
}

async function linesOf(which: SQL | undefined, first: 'newest' | 'oldest', limit: number): Promise<BookLine[]> {
	const order = first === 'newest' ? desc : asc;
	const rows = await db()
		.select({
			id: visits.id,
			day: visits.day,
			createdAt: visits.createdAt,
			begunAt: visits.begunAt,
			closedAt: visits.closedAt,
			expiresAt: visits.expiresAt,
			service: visits.service,
			channel: visits.channel,
			purpose: visits.purpose,
			officer: officers.name,
			desk: places.name
		})
		.from(visits)
		.leftJoin(officers, eq(officers.id, visits.officerId))
		.leftJoin(places, eq(places.id, visits.placeId))
		.where(which)
		.orderBy(order(visits.createdAt), order(visits.id))
		.limit(limit);
	return rows.map(({ expiresAt, ...row }) => ({ ...row, state: visitState(row), linkGood: expiresAt > now() }));
}

function inState(state: VisitState): SQL | undefined {
	if (state === 'closed') return isNotNull(visits.closedAt);
	return and(isNull(visits.closedAt), state === 'begun' ? isNotNull(visits.begunAt) : isNull(visits.begunAt));
}

/** What is older than a cursor; one that can't be read begins again. */
function beyond(cursor: string | undefined): SQL | undefined {
	const [at = '', id = ''] = cursor?.split('~') ?? [];
	if (!isMoment(at) || !isUuid(id)) return undefined;
	const moment = new Date(at);
	return or(lt(visits.createdAt, moment), and(eq(visits.createdAt, moment), lt(visits.id, id)));
}

async function countsOf(ofDay: SQL | undefined): Promise<GuestBook['counts']> {
	const [row] = await db()
		.select({ all: count(), begun: count(visits.begunAt), closed: count(visits.closedAt) })
		.from(visits)
		.where(ofDay);
	const { all = 0, begun = 0, closed = 0 } = row ?? {};
	return { all, waiting: all - begun, begun: begun - closed, closed };
}

async function daysAround(unitId: string, day: LocalDate): Promise<Pick<GuestBook, 'earlier' | 'later'>> {
	const [before] = await db()
		.select({ day: max(visits.day) })
		.from(visits)
		.where(and(eq(visits.unitId, unitId), lt(visits.day, day)));
	const [after] = await db()
		.select({ day: min(visits.day) })
		.from(visits)
		.where(and(eq(visits.unitId, unitId), gt(visits.day, day)));
	return { earlier: before?.day ?? null, later: after?.day ?? null };
}
