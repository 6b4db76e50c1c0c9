import { and, asc, eq, inArray, lt, sql, type SQL } from 'drizzle-orm';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import type { EscalationState } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { isMoment } from '#lib/text/moment.ts';
import { isUuid } from '#lib/text/uuid.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What the list of forwards can be narrowed by; every one is a link on the desk. */
export interface EscalationFilter {
	state?: EscalationState;
	/** A person is asked for something: a decision, an edit, a task. */
	todo?: boolean;
	/** Entered by hand, and no news for five working days. */
	quiet?: boolean;
}

const PAGE = 30;
/** States in which a person has to act before anything goes on. */
const FOR_PEOPLE: readonly EscalationState[] = ['unknown', 'rejected', 'stuck'];
const QUIET_WORKING_DAYS = 5;

const todo = sql`(${inArray(escalations.state, [...FOR_PEOPLE])} or ${escalations.task} is not null
	or (${escalations.mode} = 'manual' and ${escalations.state} = 'waiting'))`;

/** The zone of the installation's first unit: for what is shown or counted across units. */
export async function firstZone(): Promise<string> {
	const [root] = await db()
		.select({ zone: units.timeZone })
		.from(units)
		.orderBy(asc(sql`length(${units.path})`), asc(units.code))
		.limit(1);
	return root?.zone ?? 'UTC';
}

/** The moment before which news is too old: five working days back. */
async function quietSince(): Promise<Date> {
	const zone = await firstZone();
	const day = addWorkingDays(localDate(now(), zone), -QUIET_WORKING_DAYS, await loadCalendar(db()));
	return instantAt(day, '00:00', zone);
}

function quiet(since: Date): SQL | undefined {
	return and(
		eq(escalations.mode, 'manual'),
		eq(escalations.state, 'sent'),
		lt(sql`coalesce(${escalations.laporNewsAt}, ${escalations.sentAt})`, since.toISOString())
	);
}

async function conditions(actor: Actor, filter: EscalationFilter): Promise<SQL | undefined> {
	return and(
		visibleTo(actor),
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
export async function listEscalations(actor: Actor, filter: EscalationFilter, cursor?: string) {
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
		.limit(PAGE + 1);
	const items = found.slice(0, PAGE);
	const last = items.at(-1)?.escalation;
	const nextCursor = found.length > PAGE && last ? `${last.createdAt.toISOString()}~${last.id}` : null;
	return { items, nextCursor };
}

export interface EscalationCounts {
	states: Partial<Record<EscalationState, { count: number; oldest: Date }>>;
	todo: number;
	quiet: number;
}

/** How many forwards stand where, and since when the oldest of each state does. */
export async function escalationCounts(actor: Actor): Promise<EscalationCounts> {
	const since = await quietSince();
	const joined = () =>
		db()
			.select({
				state: escalations.state,
				count: sql<number>`count(*)::int`,
				oldest: sql<string>`min(coalesce(${escalations.waitingSince}, ${escalations.createdAt}))`,
				todo: sql<number>`count(*) filter (where ${todo})::int`,
				quiet: sql<number>`count(*) filter (where ${quiet(since)})::int`
			})
			.from(escalations)
			.innerJoin(cases, eq(cases.id, escalations.caseId))
			.where(visibleTo(actor))
			.groupBy(escalations.state);
	const rows = await joined();
	return {
		states: Object.fromEntries(rows.map(({ state, count, oldest }) => [state, { count, oldest: new Date(oldest) }])),
		todo: rows.reduce((sum, row) => sum + row.todo, 0),
		quiet: rows.reduce((sum, row) => sum + row.quiet, 0)
	};
}
