import { and, eq, gt, inArray, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '../../cases/status.ts';
import { parseReference, formatReference } from '../../text/reference.ts';
import type { CaseKind, CaseStatus } from '../../cases/vocabulary.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { approvals, cases } from '../db/schema/cases.ts';
import { accounts } from '../db/schema/people.ts';
import { places, units } from '../db/schema/units.ts';
import type { Actor } from '../people/actor.ts';
import { visibleTo } from './scope.ts';

/** What a list of cases can be narrowed by; every one is a link on the desk and a parameter of the API. */
export interface InboxFilter {
	status?: readonly CaseStatus[];
	kind?: CaseKind;
	unitId?: string;
	/** overdue | today | soon: by the case's earliest clock. */
	due?: 'overdue' | 'soon';
	mine?: boolean;
	unassigned?: boolean;
	/** Drafts that wait for a second person. */
	approval?: boolean;
	flagged?: boolean;
	q?: string;
}

export interface Page<T> {
	items: T[];
	nextCursor: string | null;
}

const PAGE = 30;
const DAY = 86_400_000;
/** Cases without a running clock come last. */
const FAR = '9999-12-31T00:00:00.000Z';

function conditions(actor: Actor, filter: InboxFilter): SQL | undefined {
	const at = now();
	return and(
		visibleTo(actor),
		filter.status?.length ? inArray(cases.status, [...filter.status]) : undefined,
		filter.kind ? eq(cases.kind, filter.kind) : undefined,
		filter.unitId ? eq(cases.unitId, filter.unitId) : undefined,
		filter.due === 'overdue' ? lt(cases.dueAt, at) : undefined,
		filter.due === 'soon' ? and(gt(cases.dueAt, at), lt(cases.dueAt, new Date(at.getTime() + 2 * DAY))) : undefined,
		filter.mine && actor.accountId ? eq(cases.assigneeId, actor.accountId) : undefined,
		filter.unassigned ? and(isNull(cases.assigneeId), inArray(cases.status, [...OPEN_STATUSES])) : undefined,
		filter.approval
			? sql`exists (select 1 from ${approvals} where ${approvals.caseId} = ${cases.id} and ${approvals.state} = 'pending')`
			: undefined,
		filter.flagged ? eq(cases.flagged, true) : undefined,
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

const dueOrFar = sql<string>`coalesce(${cases.dueAt}, ${FAR}::timestamptz)`;

function after(cursor: string | undefined): SQL | undefined {
	const [due, id] = cursor?.split('~') ?? [];
	if (!due || !id || Number.isNaN(Date.parse(due)) || !/^\d+$/.test(id)) return undefined;
	return sql`(${dueOrFar}, ${cases.id}) > (${due}::timestamptz, ${Number(id)})`;
}

export type InboxItem = Awaited<ReturnType<typeof inbox>>['items'][number];

/** A page of cases, most urgent first; `cursor` is the `nextCursor` of the page before. */
export async function inbox(actor: Actor, filter: InboxFilter, cursor?: string) {
	const found = await db()
		.select({
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
			restricted: cases.restricted,
			flagged: cases.flagged,
			escalationState: cases.escalationState,
			objectionAt: cases.objectionAt,
			unit: { id: units.id, code: units.code, slug: units.slug, name: units.name, timeZone: units.timeZone },
			place: places.name,
			assignee: { id: accounts.id, name: accounts.name },
			draft: sql<'pending' | 'sent_back' | null>`(select ${approvals.state} from ${approvals}
				where ${approvals.caseId} = ${cases.id} and ${approvals.state} in ('pending', 'sent_back'))`
		})
		.from(cases)
		.innerJoin(units, eq(units.id, cases.unitId))
		.leftJoin(places, eq(places.id, cases.placeId))
		.leftJoin(accounts, eq(accounts.id, cases.assigneeId))
		.where(and(conditions(actor, filter), after(cursor)))
		.orderBy(dueOrFar, cases.id)
		.limit(PAGE + 1);
	const items = found.slice(0, PAGE);
	const last = items.at(-1);
	const nextCursor = found.length > PAGE && last ? `${last.dueAt?.toISOString() ?? FAR}~${last.id}` : null;
	return { items, nextCursor };
}

/** How many cases each of the desk's views holds for this actor. */
export async function inboxCounts(
	actor: Actor
): Promise<{ open: number; mine: number; overdue: number; approval: number }> {
	const count = async (filter: InboxFilter) => {
		const [row] = await db()
			.select({ n: sql<number>`count(*)::int` })
			.from(cases)
			.where(conditions(actor, filter));
		return row?.n ?? 0;
	};
	const status = OPEN_STATUSES;
	return {
		open: await count({ status }),
		mine: await count({ status, mine: true }),
		overdue: await count({ status, due: 'overdue' }),
		approval: await count({ approval: true })
	};
}
