import { and, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { answerOwed } from './owed.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isMoment } from '#lib/text/moment.ts';
import { formatReference, parseReference } from '#lib/text/reference.ts';
import { isUuid } from '#lib/text/uuid.ts';

/** `owed`: the answer still has to be written at LAPOR. `opened`: a case of its own; `attached`: one that was here. */
export const INBOUND_VIEWS = ['owed', 'opened', 'attached'] as const;
export type InboundView = (typeof INBOUND_VIEWS)[number];

const PAGE = 30;

const narrowed: Record<InboundView, SQL> = {
	owed: answerOwed,
	opened: isNull(inboundReports.matchedBy),
	attached: isNotNull(inboundReports.matchedBy)
};

function after(cursor: string | undefined): SQL | undefined {
	const [at, id] = cursor?.split('~') ?? [];
	if (!at || !id || !isMoment(at) || !isUuid(id)) return undefined;
	return sql`(${inboundReports.enteredAt}, ${inboundReports.id}) < (${at}::timestamptz, ${id}::uuid)`;
}

export type InboundItem = Awaited<ReturnType<typeof listInbound>>['items'][number];

/** A page of the reports LAPOR passed on, of cases the actor may see, latest entered first. */
export async function listInbound(actor: Actor, view: InboundView | undefined, cursor?: string, size = PAGE) {
	const found = await db()
		.select({
			id: inboundReports.id,
			laporId: inboundReports.laporId,
			title: inboundReports.title,
			excerpt: sql<string>`left(${inboundReports.content}, 120)`,
			receivedOn: inboundReports.receivedOn,
			matchedBy: inboundReports.matchedBy,
			enteredAt: inboundReports.enteredAt,
			answerEnteredAt: inboundReports.answerEnteredAt,
			owed: answerOwed,
			case: { reference: cases.reference, status: cases.status },
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.innerJoin(units, eq(units.id, inboundReports.unitId))
		.where(and(visibleTo(actor), view ? narrowed[view] : undefined, after(cursor)))
		.orderBy(sql`${inboundReports.enteredAt} desc`, sql`${inboundReports.id} desc`)
		.limit(size + 1);
	const items = found.slice(0, size);
	const last = items.at(-1);
	return { items, nextCursor: found.length > size && last ? `${last.enteredAt.toISOString()}~${last.id}` : null };
}

export type InboundCounts = Record<InboundView | 'all', number>;

/** How much each view holds for the actor. */
export async function inboundCounts(actor: Actor): Promise<InboundCounts> {
	const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
	const [row] = await db()
		.select({
			all: sql<number>`count(*)::int`,
			owed: count(narrowed.owed),
			opened: count(narrowed.opened),
			attached: count(narrowed.attached)
		})
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(visibleTo(actor));
	return row ?? { all: 0, owed: 0, opened: 0, attached: 0 };
}

/** The reports of LAPOR that belong to a case, the oldest first, if the actor may see the case. */
export async function inboundOfCase(actor: Actor, reference: string) {
	const parsed = parseReference(reference);
	if (!parsed) return [];
	return db()
		.select({ id: inboundReports.id, laporId: inboundReports.laporId, owed: answerOwed })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(and(eq(cases.reference, formatReference(parsed)), visibleTo(actor)))
		.orderBy(inboundReports.enteredAt, inboundReports.id);
}
