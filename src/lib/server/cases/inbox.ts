import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { workingDaysBetween } from '../../calendar/working-calendar.ts';
import { dueState, type DueState } from '../../cases/due.ts';
import { OPEN_STATUSES } from '../../cases/status.ts';
import { parseReference, formatReference } from '../../text/reference.ts';
import type { CaseKind, CaseStatus, ClockName } from '../../cases/vocabulary.ts';
import { loadCalendar } from '../calendar/load.ts';
import { isMoment } from '../../text/moment.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { approvals, cases, clocks } from '../db/schema/cases.ts';
import { accounts } from '../db/schema/accounts.ts';
import { places, units } from '../db/schema/units.ts';
import type { Actor } from '../people/actor.ts';
import { visibleTo } from './scope.ts';

/** What a list of cases can be narrowed by; every one is a link on the desk, most are parameters of the API. */
export interface InboxFilter {
	status?: readonly CaseStatus[];
	kind?: CaseKind;
	unitId?: string;
	/** By the office's earliest clock: past its time, or past its warning. */
	due?: 'overdue' | 'soon';
	mine?: boolean;
	unassigned?: boolean;
	/** Drafts that wait for a second person. */
	approval?: boolean;
	/** Archived reports whose reporter objected. */
	objection?: boolean;
	q?: string;
}

const PAGE = 30;

const open = inArray(cases.status, [...OPEN_STATUSES]);
const overdue = () => lt(cases.dueAt, now());
const soon =
	() => sql`exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.state} = 'running'
	and ${clocks.name} <> 'reporter_turn' and ${clocks.warnAt} <= ${now().toISOString()}::timestamptz
	and ${clocks.dueAt} >= ${now().toISOString()}::timestamptz)`;
const own = (actor: Actor) => (actor.accountId ? eq(cases.assigneeId, actor.accountId) : sql`false`);
const waiting = sql`exists (select 1 from ${approvals} where ${approvals.caseId} = ${cases.id}
	and ${approvals.state} = 'pending')`;

function conditions(actor: Actor, filter: InboxFilter): SQL | undefined {
	return and(
		visibleTo(actor),
		filter.status?.length ? inArray(cases.status, [...filter.status]) : undefined,
		filter.kind ? eq(cases.kind, filter.kind) : undefined,
		filter.unitId ? eq(cases.unitId, filter.unitId) : undefined,
		filter.due === 'overdue' ? overdue() : undefined,
		filter.due === 'soon' ? soon() : undefined,
		filter.mine ? own(actor) : undefined,
		filter.unassigned ? and(isNull(cases.assigneeId), open) : undefined,
		filter.approval ? waiting : undefined,
		filter.objection ? isNotNull(cases.objectionAt) : undefined,
		filter.q ? searched(filter.q) : undefined
	);
}

/** A number finds its case; anything else is searched for in title, text and number. */
function searched(q: string): SQL {
	const reference = parseReference(q);
	if (reference) return eq(cases.reference, formatReference(reference));
	return sql`to_tsvector('indonesian', coalesce(${cases.title}, '') || ' ' || ${cases.body} || ' ' || ${cases.reference})
		@@ websearch_to_tsquery('indonesian', ${q})`;
}

/** Where a page begins or ends: a case's due time, `-` for none, and its row. */
const cursorOf = (item: { dueAt: Date | null; id: number }) => `${item.dueAt?.toISOString() ?? '-'}~${item.id}`;

/** What stands on the far side of a cursor: by due time, the ones without at the end, of equal ones the younger first. */
function beyond(cursor: string | undefined, direction: 'older' | 'newer'): SQL | undefined {
	const [due = '', id = ''] = cursor?.split('~') ?? [];
	if (!/^\d{1,15}$/.test(id) || (due !== '-' && !isMoment(due))) return undefined;
	const older = direction === 'older';
	const sibling = older ? lt(cases.id, Number(id)) : sql`${cases.id} > ${Number(id)}`;
	if (due === '-') return older ? and(isNull(cases.dueAt), sibling) : or(isNotNull(cases.dueAt), sibling);
	const moment = sql`${due}::timestamptz`;
	const same = and(sql`${cases.dueAt} = ${moment}`, sibling);
	return older
		? or(sql`${cases.dueAt} > ${moment}`, same, isNull(cases.dueAt))
		: or(sql`${cases.dueAt} < ${moment}`, same);
}

type Due = { name: ClockName; warnAt: string | null } | null;

/** The clock that `cases.dueAt` comes from. */
const earliestClock = sql<Due>`(select json_build_object('name', ${clocks.name}, 'warnAt', ${clocks.warnAt})
	from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.state} = 'running' and ${clocks.name} <> 'reporter_turn'
	and ${clocks.dueAt} is not null order by ${clocks.dueAt} limit 1)`;

const columns = {
	id: cases.id,
	reference: cases.reference,
	kind: cases.kind,
	title: cases.title,
	excerpt: sql<string>`left(${cases.body}, 200)`,
	status: cases.status,
	priority: cases.priority,
	class: cases.class,
	category: cases.category,
	channel: cases.channel,
	version: cases.version,
	receivedAt: cases.receivedAt,
	dueAt: cases.dueAt,
	clock: earliestClock,
	restricted: cases.restricted,
	flagged: cases.flagged,
	disputes: cases.disputes,
	escalationState: cases.escalationState,
	objectionAt: cases.objectionAt,
	unit: { id: units.id, code: units.code, slug: units.slug, name: units.name, timeZone: units.timeZone },
	place: places.name,
	assignee: { id: accounts.id, name: accounts.name },
	draft: sql<'pending' | 'sent_back' | null>`(select ${approvals.state} from ${approvals}
		where ${approvals.caseId} = ${cases.id} and ${approvals.state} in ('pending', 'sent_back'))`
};

export type InboxItem = Awaited<ReturnType<typeof inbox>>['items'][number];

/**
 * A page of cases, most urgent first.
 *
 * @param cursor `nextCursor` of the page before, or with direction `newer` the `previousCursor` of the page after
 */
export async function inbox(
	actor: Actor,
	filter: InboxFilter,
	cursor?: string,
	direction: 'older' | 'newer' = 'older'
) {
	const order =
		direction === 'older'
			? [sql`${cases.dueAt} asc nulls last`, desc(cases.id)]
			: [sql`${cases.dueAt} desc nulls first`, asc(cases.id)];
	const found = await db()
		.select(columns)
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(places, eq(places.id, cases.placeId))
		.leftJoin(accounts, eq(accounts.id, cases.assigneeId))
		.where(and(conditions(actor, filter), beyond(cursor, direction)))
		.orderBy(...order)
		.limit(PAGE + 1);
	const rows = found.slice(0, PAGE);
	if (direction === 'newer') rows.reverse();
	const more = found.length > PAGE;
	const [first, last] = [rows[0], rows.at(-1)];
	const hasOlder = direction === 'older' ? more : last !== undefined;
	const hasNewer = direction === 'older' ? cursor !== undefined : more;
	const items = await withDue(rows);
	return {
		items,
		nextCursor: hasOlder && last ? cursorOf(last) : null,
		previousCursor: hasNewer && first ? cursorOf(first) : null
	};
}

/** What a row says of its time. `lateDays` are working days in the unit's zone. */
export interface RowDue {
	clock: ClockName | null;
	state: DueState;
	lateDays: number;
}

async function withDue<R extends { dueAt: Date | null; clock: Due; unit: { timeZone: string } }>(rows: readonly R[]) {
	const at = now();
	const calendar = rows.length > 0 ? await loadCalendar(db()) : undefined;
	return rows.map((row) => {
		const { clock, dueAt } = row;
		const state = dueState({ dueAt, warnAt: clock?.warnAt ? new Date(clock.warnAt) : null }, at);
		const late = state === 'overdue' && dueAt && calendar;
		const lateDays = late ? workingDaysBetween(dueAt, at, calendar, row.unit.timeZone) : 0;
		const due: RowDue = { clock: clock?.name ?? null, state, lateDays };
		return { ...row, due };
	});
}

/** How many cases each of the desk's views holds for this actor. */
export async function inboxCounts(actor: Actor) {
	const count = (condition: SQL | undefined) => sql<number>`(count(*) filter (where ${condition}))::int`;
	const [row] = await db()
		.select({
			open: count(open),
			mine: count(and(open, own(actor))),
			unassigned: count(and(open, isNull(cases.assigneeId))),
			overdue: count(and(open, overdue())),
			soon: count(and(open, soon())),
			approval: count(waiting),
			objection: count(and(eq(cases.status, 'archived'), isNotNull(cases.objectionAt)))
		})
		.from(cases)
		// Joined for the sake of the column names: alone in a select they lose their table's, and sub-queries their meaning.
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(visibleTo(actor), or(open, waiting, isNotNull(cases.objectionAt))));
	return row ?? { open: 0, mine: 0, unassigned: 0, overdue: 0, soon: 0, approval: 0, objection: 0 };
}
