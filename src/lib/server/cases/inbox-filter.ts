import { and, eq, gte, inArray, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '../../cases/status.ts';
import type { CaseKind, CaseStatus } from '../../cases/vocabulary.ts';
import { now } from '../clock.ts';
import { cases } from '../db/schema/cases.ts';
import { clocks } from '../db/schema/clocks.ts';
import type { Actor } from '../people/actor.ts';
import { figured, type FigureFilter } from './figure-filter.ts';
import { visibleTo } from './scope.ts';

/** What a list of cases can be narrowed by; every one is a link on the desk, most are parameters of the API. */
export interface InboxFilter {
	status?: readonly CaseStatus[];
	kind?: CaseKind;
	unitIds?: readonly string[];
	/** By the office's earliest clock: past its time, or past its warning. */
	due?: 'overdue' | 'soon';
	mine?: boolean;
	/** Of these people: those the actor stands in for. */
	assignees?: readonly string[];
	unassigned?: boolean;
	/** Drafts that wait for a second person. */
	approval?: boolean;
	/** Archived reports whose reporter objected. */
	objection?: boolean;
	/** What a figure of a board counts. */
	figure?: FigureFilter;
	q?: string;
}

/** The condition of the partial indexes of what is open, word by word: another one would not be read by them. */
export const open = sql`(${cases.status} in (${sql.raw(OPEN_STATUSES.map((status) => `'${status}'`).join(', '))})) is true`;
export const overdue = () => lt(cases.dueAt, now());
export const own = (actor: Actor) => (actor.accountId ? eq(cases.assigneeId, actor.accountId) : sql`false`);
export const unassigned = isNull(cases.assigneeId);
/** Of open cases: with a case that was settled in another way its draft is withdrawn. */
export const waiting = sql`${cases.draftWaiting}`;

/** The clock that the due time comes from has passed its warning; `clocks_warned` knows without a look at the clocks. */
export const soon = () =>
	and(
		gte(cases.dueAt, now()),
		sql`exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.state} = 'running'
			and ${clocks.name} <> 'reporter_turn' and ${clocks.dueAt} = ${cases.dueAt}
			and ${clocks.warnAt} <= ${now().toISOString()}::timestamptz)`
	);

/** What the actor may see of what the filter asks for; what is searched for is apart (`inbox-search.ts`). */
export function narrowed(actor: Actor, filter: InboxFilter): SQL {
	const all = and(
		visibleTo(actor),
		filter.status?.length ? withStatus(filter.status) : undefined,
		filter.kind ? eq(cases.kind, filter.kind) : undefined,
		filter.unitIds ? inArray(cases.unitId, [...filter.unitIds]) : undefined,
		filter.due === 'overdue' ? overdue() : undefined,
		filter.due === 'soon' ? soon() : undefined,
		filter.mine ? own(actor) : undefined,
		filter.assignees ? inArray(cases.assigneeId, [...filter.assignees]) : undefined,
		// Once more where it is said already would make the database think it twice as rare.
		(filter.unassigned || filter.approval) && !isOpen(filter.status) ? open : undefined,
		filter.unassigned ? unassigned : undefined,
		filter.approval ? waiting : undefined,
		filter.objection ? isNotNull(cases.objectionAt) : undefined,
		filter.figure ? figured(filter.figure) : undefined
	);
	return all ?? sql`false`;
}

function withStatus(status: readonly CaseStatus[]): SQL {
	const [only] = status;
	if (only && status.length === 1) return eq(cases.status, only);
	return isOpen(status) ? open : inArray(cases.status, [...status]);
}

const isOpen = (status: InboxFilter['status'] = []) =>
	status.length === OPEN_STATUSES.length && OPEN_STATUSES.every((one) => status.includes(one));
