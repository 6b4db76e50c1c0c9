import { and, desc, eq, inArray, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { standingSince } from './standing-since.ts';
import { isMoment } from '#lib/text/moment.ts';
import { isUuid } from '#lib/text/uuid.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';

/** What the list of forwards can be narrowed by; every one is a link on the desk. */
export interface EscalationFilter {
	state?: EscalationState;
	/** A person is asked for something: a decision, an edit, a task. */
	todo?: boolean;
	/** At LAPOR, and no news for five working days. */
	quiet?: boolean;
}

const PAGE = 30;
/** States in which a person has to act before anything goes on. */
const FOR_PEOPLE: readonly EscalationState[] = ['unknown', 'rejected', 'stuck'];
const QUIET_WORKING_DAYS = 5;

const todo = sql`(${inArray(escalations.state, [...FOR_PEOPLE])} or ${escalations.task} is not null
	or (${escalations.mode} = 'manual' and ${escalations.state} = 'waiting'))`;

/** The moment before which news is too old: five working days back. */
export async function quietSince(): Promise<Date> {
	const zone = await firstZone();
	const day = addWorkingDays(localDate(now(), zone), -QUIET_WORKING_DAYS, await loadCalendar(db()));
	return instantAt(day, '00:00', zone);
}

function quiet(since: Date): SQL | undefined {
	return and(
		eq(escalations.state, 'sent'),
		lt(sql`coalesce(${escalations.laporNewsAt}, ${escalations.sentAt})`, since.toISOString())
	);
}

/** What the actor may see of what was ever forwarded: `cases_forwarded` finds it without a look at the other cases. */
const forwardedAndVisible = (actor: Actor) => and(isNotNull(cases.escalationState), visibleTo(actor));

async function conditions(actor: Actor, filter: EscalationFilter): Promise<SQL | undefined> {
	return and(
		forwardedAndVisible(actor),
		filter.state ? eq(escalations.state, filter.state) : undefined,
		filter.todo ? todo : undefined,
		filter.quiet ? quiet(await quietSince()) : undefined
	);
}

function after(cursor: string | undefined): SQL | undefined {
	const [at, id] = cursor?.split('~') ?? [];
	if (!at || !id || !isMoment(at) || !isUuid(id)) return undefined;
	return sql`(${escalations.createdAt}, ${escalations.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

export type EscalationItem = Awaited<ReturnType<typeof listEscalations>>['items'][number];

/** A page of the forwards an actor may see, newest first; `cursor` is the `nextCursor` of the page before. */
export async function listEscalations(actor: Actor, filter: EscalationFilter, cursor?: string, size = PAGE) {
	const found = await db()
		.select({
			escalation: escalations,
			case: { reference: cases.reference, title: cases.title, kind: cases.kind, status: cases.status },
			unit: { code: units.code, name: units.name, timeZone: units.timeZone }
		})
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(await conditions(actor, filter), after(cursor)))
		.orderBy(sql`${escalations.createdAt} desc`, sql`${escalations.id} desc`)
		.limit(size + 1);
	const items = found.slice(0, size);
	const last = items.at(-1)?.escalation;
	const nextCursor = found.length > size && last ? `${last.createdAt.toISOString()}~${last.id}` : null;
	return { items, nextCursor };
}

/** How many forwards wait for a person: few rows of two indexes, so that the inbox can ask each time. */
export const countTodo = (actor: Actor): Promise<number> => countWhere(actor, todo);

async function countWhere(actor: Actor, where: SQL | undefined): Promise<number> {
	const [row] = await db()
		.select({ count: sql<number>`count(*)::int` })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(where, forwardedAndVisible(actor)));
	return row?.count ?? 0;
}

/** Closed forwards grow for ever and wait for nothing: they are counted up to here. */
const CLOSED_COUNTED = 1000;

async function countClosed(actor: Actor): Promise<number> {
	const some = db()
		.select({ one: sql`1` })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(eq(escalations.state, 'closed'), forwardedAndVisible(actor)))
		// Newest first is an order that an index has: the count ends there, and never begins with all cases.
		.orderBy(desc(escalations.createdAt), desc(escalations.id))
		.limit(CLOSED_COUNTED + 1)
		.as('some');
	const [row] = await db()
		.select({ count: sql<number>`count(*)::int` })
		.from(some);
	return row?.count ?? 0;
}

export interface StateCount {
	count: number;
	/** There are more than `count`. */
	more?: boolean;
	/** Since when the oldest stands there; null for closed ones, which wait for nothing. */
	oldest: Date | null;
}

export interface EscalationCounts {
	states: Partial<Record<EscalationState, StateCount>>;
	todo: number;
	quiet: number;
}

const UNDER_WAY = ESCALATION_STATES.filter((state) => state !== 'closed');

/** How many forwards stand where, and since when the oldest of each state does. Closed ones are counted up to 1,000. */
export async function escalationCounts(actor: Actor): Promise<EscalationCounts> {
	const [rows, closed, todos, silent] = await Promise.all([
		db()
			.select({
				state: escalations.state,
				count: sql<number>`count(*)::int`,
				oldest: sql<string>`min(${standingSince})`
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
	for (const { state, count, oldest } of rows) states[state] = { count, oldest: new Date(oldest) };
	if (closed > 0)
		states.closed = { count: Math.min(closed, CLOSED_COUNTED), more: closed > CLOSED_COUNTED, oldest: null };
	return { states, todo: todos, quiet: silent };
}
