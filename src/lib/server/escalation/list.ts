import { and, desc, eq, inArray, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { openDraftState } from '#lib/server/cases/answers/draft.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { ESCALATION_STATES, type EscalationMode, type EscalationState } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { isProcessingRestricted, visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { beyond, cursorOf } from '#lib/server/db/page.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { ENDPOINTS, type CircuitEndpoint } from './connection/circuit.ts';
import { connectionState, haltOf } from './connection/connection.ts';
import { connectionSettings } from './connection/lapor-client.ts';

/** `todo`: a person must decide, edit or do something. `quiet`: by hand at LAPOR, without news for five working days. */
export interface EscalationFilter {
	state?: EscalationState;
	todo?: boolean;
	quiet?: boolean;
}

const PAGE = 30;
/** States in which a forward waits for a person. */
const FOR_PEOPLE: readonly EscalationState[] = ['unknown', 'rejected', 'stuck'];
const QUIET_WORKING_DAYS = 5;

/** Staff can't change a forward whose case was destroyed, so no list waits for it. */
const hasTexts = isNull(cases.destroyedAt);
/** A rejected report of a case that is archived or about integrity can't be sent again, so no handler corrects it. */
export const isCorrectable = sql`(${escalations.state} <> 'rejected'
	or (${cases.status} <> 'archived' and ${cases.category} is distinct from 'integrity'))`;
/** A forward that staff can't send or copy now, because its case's processing is restricted. */
export const isRestricted = sql`(${escalations.state} in ('waiting', 'stuck') and ${isProcessingRestricted})`;
const todo = sql`(${hasTexts} and ${isCorrectable} and not ${isRestricted} and (${inArray(escalations.state, [...FOR_PEOPLE])} or ${escalations.task} is not null
	or (${escalations.mode} = 'manual' and ${escalations.state} = 'waiting')))`;

/** The start of the day five working days ago. A forward by hand with older news is quiet. */
export async function quietSince(): Promise<Date> {
	const zone = await firstZone();
	const day = addWorkingDays(localDate(now(), zone), -QUIET_WORKING_DAYS, await loadCalendar());
	return instantAt(day, '00:00', zone);
}

function quiet(since: Date): SQL | undefined {
	return and(
		hasTexts,
		// Without a configured API, people keep all forwards by hand.
		connectionSettings() ? eq(escalations.mode, 'manual') : undefined,
		eq(escalations.state, 'sent'),
		lt(sql`coalesce(${escalations.laporNewsAt}, ${escalations.sentAt})`, since.toISOString())
	);
}

/** Cases with a forward that the actor may see; the index `cases_forwarded` finds them without reading the others. */
const forwardedAndVisible = (actor: Actor) => and(eq(cases.hasForward, true), visibleTo(actor));

const ORDER = [escalations.createdAt, escalations.id] as const;

/**
 * Whether a page of this list can begin after the cursor. The desk shows the first page otherwise, the API refuses it.
 */
export const isForwardsCursor = (cursor: string): boolean => beyond(cursor, ORDER) !== undefined;

/** A page of the forwards an actor may see, newest first; `cursor` is the `nextCursor` of the page before. */
export async function listEscalations(actor: Actor, filter: EscalationFilter, cursor?: string, size = PAGE) {
	const condition = and(
		filter.state ? eq(escalations.state, filter.state) : undefined,
		filter.todo ? todo : undefined,
		filter.quiet ? quiet(await quietSince()) : undefined
	);
	const { reference, title, kind, status, destroyedAt } = cases;
	const rows = await db()
		.select({
			escalation: escalations,
			case: {
				reference,
				title,
				kind,
				status,
				destroyedAt,
				draft: openDraftState,
				processingRestricted: isProcessingRestricted
			},
			unit: { code: units.code, name: units.name, timeZone: units.timeZone }
		})
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(forwardedAndVisible(actor), condition, beyond(cursor, ORDER)))
		.orderBy(desc(escalations.createdAt), desc(escalations.id))
		.limit(size + 1);
	const items = rows.slice(0, size);
	const last = items.at(-1)?.escalation;
	return { items, nextCursor: rows.length > size && last ? cursorOf(last.createdAt, last) : null };
}

/** The number of forwards that wait for a person. Reads few rows of two indexes, so the inbox can call it each time. */
export const countTodo = (actor: Actor): Promise<number> => countWhere(actor, todo);

async function countWhere(actor: Actor, where: SQL | undefined): Promise<number> {
	const [row] = await db()
		.select({ count: sql<number>`count(*)::int` })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(where, forwardedAndVisible(actor)));
	return row?.count ?? 0;
}

/** Closed forwards are counted up to this number, because their number only grows. */
const CLOSED_COUNTED = 1000;

async function countClosed(actor: Actor): Promise<number> {
	const closed = db()
		.select({ one: sql`1` })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(eq(escalations.state, 'closed'), forwardedAndVisible(actor)))
		// An index has this order, so the query stops at the limit instead of scanning all cases.
		.orderBy(desc(escalations.createdAt), desc(escalations.id))
		.limit(CLOSED_COUNTED + 1)
		.as('some');
	const [row] = await db()
		.select({ count: sql<number>`count(*)::int` })
		.from(closed);
	return row?.count ?? 0;
}

/**
 * `more`: there are more than `count`. `oldest`: null if none waits, because all are closed or can't be corrected.
 * `mode`: that of all of them, or null.
 */
interface StateCount {
	count: number;
	more?: boolean;
	oldest: Date | null;
	mode: EscalationMode | null;
}

export interface EscalationCounts {
	states: Partial<Record<EscalationState, StateCount>>;
	todo: number;
	quiet: number;
}

const UNDER_WAY = ESCALATION_STATES.filter((state) => state !== 'closed');

/** The number of forwards by state, and since when the oldest is in that state. Closed ones are counted up to 1,000. */
export async function escalationCounts(actor: Actor): Promise<EscalationCounts> {
	const [rows, closed, todoCount, quietCount] = await Promise.all([
		db()
			.select({
				state: escalations.state,
				count: sql<number>`count(*)::int`,
				oldest: oldestCorrectable,
				mode: sql<EscalationMode | null>`case when count(distinct ${escalations.mode}) = 1 then min(${escalations.mode}) end`
			})
			.from(escalations)
			.innerJoin(cases, eq(cases.id, escalations.caseId))
			.where(and(inArray(escalations.state, UNDER_WAY), forwardedAndVisible(actor)))
			.groupBy(escalations.state),
		countClosed(actor),
		countTodo(actor),
		countWhere(actor, quiet(await quietSince()))
	]);
	const states: EscalationCounts['states'] = {};
	for (const { state, count, oldest, mode } of rows)
		states[state] = { count, mode, oldest: oldest === null ? null : new Date(oldest) };
	if (closed > 0)
		states.closed = {
			count: Math.min(closed, CLOSED_COUNTED),
			more: closed > CLOSED_COUNTED,
			oldest: null,
			mode: null
		};
	return { states, todo: todoCount, quiet: quietCount };
}

/**
 * Since when a forward is in its state. Unknown and rejected forwards count from their create, because look-ups change
 * `updated_at`.
 */
export const inStateSince = sql<string>`case ${escalations.state}
	when 'waiting' then coalesce(${escalations.waitingSince}, ${escalations.createdAt})
	when 'stuck' then coalesce(${escalations.stuckAt}, ${escalations.waitingSince}, ${escalations.createdAt})
	when 'sent' then coalesce(${escalations.sentAt}, ${escalations.updatedAt})
	when 'closed' then coalesce(${escalations.closedAt}, ${escalations.updatedAt})
	else coalesce(${escalations.createStartedAt}, ${escalations.updatedAt}) end`;

const oldestCorrectable = sql<string | null>`min(${inStateSince}) filter (where ${isCorrectable})`;

/** Since when the connection is halted, and how many forwards wait for a person. */
export interface ForwardingAlarm {
	halted: { at: Date; zone: string } | null;
	todo: number;
}

export const NO_ALARM: ForwardingAlarm = { halted: null, todo: 0 };

/** The alarm that the inbox shows. */
export async function forwardingAlarm(actor: Actor): Promise<ForwardingAlarm> {
	const [halt, count] = await Promise.all([haltOf(), countTodo(actor)]);
	return { halted: halt ? { at: halt.at, zone: await firstZone() } : null, todo: count };
}

/** Forwards in a state for a reason. `restricted`: those whose case's processing is restricted. `next`: the earliest next attempt. */
type StateRow = {
	state: EscalationState;
	reason: string | null;
	count: number;
	restricted: number;
	oldest: string | Date | null;
	next: string | Date | null;
};

/**
 * Number of forwards of the whole installation by state, with the oldest, the next attempt and the reasons of each state
 * except closed. After some years nearly all are closed, so closed ones are counted from the index of states.
 */
export async function stateFigures() {
	const rows = await rowsOf<StateRow>(
		db(),
		sql`select ${escalations.state}, ${escalations.reasonCode} as reason, count(*)::int as count,
				count(*) filter (where ${isRestricted})::int as restricted,
				${oldestCorrectable} as oldest, min(${escalations.nextAttemptAt}) as next
			from ${escalations} inner join ${cases} on ${cases.id} = ${escalations.caseId}
			where ${inArray(escalations.state, UNDER_WAY)} group by ${escalations.state}, ${escalations.reasonCode}
			union all select 'closed', null, count(*)::int, 0, null, null from ${escalations} where state = 'closed'`
	);
	return ESCALATION_STATES.map((state) => {
		const own = rows.filter((row) => row.state === state);
		return {
			state,
			count: own.reduce((sum, { count }) => sum + count, 0),
			restricted: own.reduce((sum, { restricted }) => sum + restricted, 0),
			oldest: earliest(own.map(({ oldest }) => oldest)),
			next: earliest(own.map(({ next }) => next)),
			reasons: own.flatMap(({ reason, count }) => (reason === null ? [] : { reason, count }))
		};
	});
}

function earliest(moments: readonly (string | Date | null)[]): Date | null {
	const times = moments.flatMap((at) => (at === null ? [] : new Date(at).getTime()));
	return times.length > 0 ? new Date(Math.min(...times)) : null;
}

export type CircuitStanding = 'closed' | 'open' | 'halted';

/** The circuit of each endpoint. */
export async function circuitFigures(): Promise<{ endpoint: CircuitEndpoint; standing: CircuitStanding }[]> {
	const { halt, open } = await connectionState();
	return ENDPOINTS.map((endpoint) => {
		const isOpen = open.some((one) => one.endpoint === endpoint);
		return { endpoint, standing: halt ? 'halted' : isOpen ? 'open' : 'closed' };
	});
}
