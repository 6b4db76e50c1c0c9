import { and, eq, gte, inArray, isNotNull, lt, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { CaseKind, CaseStatus, Priority } from '#lib/cases/vocabulary.ts';
import { statusesShown, type InboxChoice } from '#lib/cases/inbox-query.ts';
import { now } from '#lib/server/clock.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { unassigned } from '../case-staff.ts';
import { visibleTo } from '../visibility.ts';
import { deskUnits } from './desk-units.ts';
import { figureCondition, spansOf, type FigureFilter } from './figure-filter.ts';

/** Filters of a list of cases, for the desk and the API. */
export interface InboxFilter {
	status?: readonly CaseStatus[];
	kind?: CaseKind;
	priority?: Priority;
	unitIds?: readonly string[];
	/** By the office's earliest deadline: overdue, or due soon. */
	due?: 'overdue' | 'soon';
	mine?: boolean;
	/** Cases assigned to these people, for whom the actor is deputy. */
	assignees?: readonly string[];
	unassigned?: boolean;
	/** Cases whose draft waits for a second person. */
	approval?: boolean;
	/** Archived reports whose reporter objected. */
	objection?: boolean;
	/** Reports that a figure of a board counts. */
	figure?: FigureFilter;
	q?: string;
}

/** Must equal the condition of the partial indexes of open cases word for word, or PostgreSQL does not use them. */
export const hasOpenStatus = sql`(${cases.status} in (${sql.raw(OPEN_STATUSES.map((status) => `'${status}'`).join(', '))})) is true`;
export const overdue = () => lt(cases.dueAt, now());
export const assignedTo = (actor: Actor) => (actor.accountId ? eq(cases.assigneeId, actor.accountId) : sql`false`);
/** True only for open cases: answering or archiving a case withdraws its draft. Read by the index `approvals_one_open`. */
export const hasWaitingDraft = sql`exists (select 1 from ${approvals}
	where ${approvals.caseId} = ${cases.id} and ${approvals.state} = 'pending')`;

const at = () => sql`${now().toISOString()}::timestamptz`;

/** Start of the day `days` after today, in the time zone of the case's office. */
export const officeDay = (days: number) => {
	const zone = sql`(select ${units.timeZone} from ${units} where ${units.id} = ${cases.unitId})`;
	return sql`(((${at()} at time zone ${zone})::date + ${sql.raw(String(days))})::timestamp at time zone ${zone})`;
};

/**
 * Whether the earliest deadline is due by the end of tomorrow or the day of its warning has come, in local days of the
 * office. Same rule as `dueState`. The bound on `warn_at` lets PostgreSQL read only the index `clocks_warned`. It
 * excludes nothing, because a warning is never after its deadline.
 */
export const isDueSoon = () =>
	and(
		gte(cases.dueAt, now()),
		sql`exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id} and ${clocks.state} = 'running'
			and ${clocks.name} <> 'reporter_turn' and ${clocks.dueAt} = ${cases.dueAt}
			and ${clocks.warnAt} < ${at()} + interval '2 days'
			and (${clocks.warnAt} < ${officeDay(1)} or ${clocks.dueAt} < ${officeDay(2)}))`
	);

/** Condition for cases that match the filter and that the actor may see. Search words are separate (`search.ts`). */
export function inboxCondition(actor: Actor, filter: InboxFilter): SQL {
	const all = and(
		visibleTo(actor),
		filter.status?.length ? withStatus(filter.status) : undefined,
		filter.kind ? eq(cases.kind, filter.kind) : undefined,
		filter.priority ? eq(cases.priority, filter.priority) : undefined,
		filter.unitIds ? inArray(cases.unitId, [...filter.unitIds]) : undefined,
		filter.due === 'overdue' ? overdue() : undefined,
		filter.due === 'soon' ? isDueSoon() : undefined,
		filter.mine ? assignedTo(actor) : undefined,
		filter.assignees ? inArray(cases.assigneeId, [...filter.assignees]) : undefined,
		// Add the condition only once: the planner would multiply the two estimates.
		(filter.unassigned || filter.approval) && !isOpen(filter.status) ? hasOpenStatus : undefined,
		filter.unassigned ? unassigned : undefined,
		filter.approval ? hasWaitingDraft : undefined,
		filter.objection ? isNotNull(cases.objectionAt) : undefined,
		filter.figure ? figureCondition(filter.figure) : undefined
	);
	return all ?? sql`false`;
}

function withStatus(status: readonly CaseStatus[]): SQL {
	const [only] = status;
	if (only && status.length === 1) return eq(cases.status, only);
	return isOpen(status) ? hasOpenStatus : inArray(cases.status, [...status]);
}

const isOpen = (status: InboxFilter['status'] = []) =>
	status.length === OPEN_STATUSES.length && OPEN_STATUSES.every((one) => status.includes(one));

export type ChoiceReader = (choice: InboxChoice) => InboxFilter;

/**
 * Returns a function that converts choices of the desk's list to filters.
 *
 * @param deputisedFor the people for whom the actor is deputy today, if the caller has looked them up
 */
export async function choiceReader(actor: Actor, deputisedFor?: readonly { id: string }[]): Promise<ChoiceReader> {
	const units = await deskUnits(actor);
	const absent = deputisedFor ?? (await peopleDeputisedFor(actor.accountId));
	return ({ unit, deputy, figure, ...choice }) => {
		const office = unit ? units.find((one) => one.slug === unit) : undefined;
		const tree = office && units.filter(({ path }) => path.startsWith(office.path));
		return {
			...choice,
			status: statusesShown({ ...choice, deputy, figure }),
			unitIds: office && !figure?.tree ? [office.id] : undefined,
			assignees: deputy ? absent.map((person) => person.id) : undefined,
			figure: figure && { ...figure, spans: spansOf(figure, figure.tree ? (tree ?? units) : office ? [office] : units) }
		};
	};
}
