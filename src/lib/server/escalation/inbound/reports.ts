import { and, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { formatReference, parseReference } from '#lib/text/reference.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { nameOf } from '../view.ts';

/**
 * The case is settled, and a person must still write at LAPOR what the office said. If a forward of ours carries the report's
 * number, its follow-ups say it. An answer after a dispute is owed again.
 */
const answerOwed = sql<boolean>`(${cases.status} in ('answered', 'closed', 'archived')
	and ${cases.transferredTo} is null
	and (${inboundReports.answerEnteredAt} is null
		or ${inboundReports.answerEnteredAt} < coalesce(${cases.answeredAt}, ${cases.archivedAt}))
	and not exists (select 1 from ${escalations} where ${escalations.caseId} = ${cases.id}
		and ${escalations.laporId} = ${inboundReports.laporId}))`;

/** `owed`: the answer still has to be written at LAPOR. `opened`: a case of its own; `attached`: one that was here. */
export const INBOUND_VIEWS = ['owed', 'opened', 'attached'] as const;
export type InboundView = (typeof INBOUND_VIEWS)[number];

const PAGE = 30;

const narrowed: Record<InboundView, SQL> = {
	owed: answerOwed,
	opened: isNull(inboundReports.matchedBy),
	attached: isNotNull(inboundReports.matchedBy)
};

export type InboundItem = Awaited<ReturnType<typeof listInbound>>['items'][number];

/** A page of the reports that LAPOR passed on, of cases the actor may see, latest entered first. */
export async function listInbound(actor: Actor, view: InboundView | undefined, cursor?: string, size = PAGE) {
	const { enteredAt, id } = inboundReports;
	const found = await db()
		.select({
			id,
			laporId: inboundReports.laporId,
			title: inboundReports.title,
			excerpt: sql<string>`left(${inboundReports.content}, 120)`,
			receivedOn: inboundReports.receivedOn,
			matchedBy: inboundReports.matchedBy,
			enteredAt,
			answerEnteredAt: inboundReports.answerEnteredAt,
			owed: answerOwed,
			case: { reference: cases.reference, status: cases.status },
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.innerJoin(units, eq(units.id, inboundReports.unitId))
		.where(and(visibleTo(actor), view ? narrowed[view] : undefined, beyond(cursor, [enteredAt, id])))
		.orderBy(desc(enteredAt), desc(id))
		.limit(size + 1);
	return pageOf(found, size, (report) => report.enteredAt);
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

/** The reports of LAPOR that belong to a case, oldest first, if the actor may see the case. */
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

/** A report that LAPOR passed on, with its case and what the office said, if the actor may see the case. @throws NotFound */
export async function inboundReport(actor: Actor, id: string) {
	const { report, row, unit, owed } = await inboundForActor(db(), actor, id);
	const [words, enteredBy, answerEnteredBy] = await Promise.all([
		wordsOf(row.id),
		nameOf(report.enteredBy),
		nameOf(report.answerEnteredBy)
	]);
	const { laporId, title, content, receivedOn, matchedBy, enteredAt, answerEnteredAt } = report;
	const shown = { id, laporId, title, content, receivedOn, matchedBy, enteredAt, answerEnteredAt };
	return {
		...shown,
		enteredBy,
		answerEnteredBy,
		owed,
		/** The last that the office said in public when it settled the case: an answer, or why it was archived. */
		words,
		case: { reference: row.reference, title: row.title, status: row.status, channel: row.channel, kind: row.kind },
		unit: { name: unit.name, timeZone: unit.timeZone }
	};
}

/**
 * A person has written at LAPOR what the office answered. A second call changes nothing.
 *
 * @throws NotFound · Conflict `invalid-move` if nothing is owed there
 */
export async function enterAnswer(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const known = await inboundForActor(tx, actor, id);
		const { row } = await lockCase(tx, known.row.id);
		const { report, owed } = await inboundForActor(tx, actor, id);
		if (!owed && report.answerEnteredAt) return;
		if (!owed) throw new Conflict('invalid-move', { status: row.status, reason: 'inbound_not_owed' });
		await tx
			.update(inboundReports)
			.set({ answerEnteredAt: now(), answerEnteredBy: actor.accountId })
			.where(eq(inboundReports.id, id));
		await recordEvent(tx, row, {
			type: 'escalation_answer_entered',
			author: actor,
			public: false,
			data: { lapor_id: report.laporId }
		});
	});
}

async function inboundForActor(on: Database | Tx, actor: Actor, id: string) {
	if (!isUuid(id)) throw new NotFound();
	const [found] = await on
		.select({ report: inboundReports, row: cases, unit: units, owed: answerOwed })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.innerJoin(units, eq(units.id, inboundReports.unitId))
		.where(and(eq(inboundReports.id, id), visibleTo(actor)));
	if (!found) throw new NotFound();
	return found;
}

/** What settled a case in public: the note of its archiving, or its answer. */
async function wordsOf(caseId: number): Promise<{ text: string; at: Date } | null> {
	const [entry] = await db()
		.select({
			type: timeline.type,
			at: timeline.at,
			note: sql<string | null>`${timeline.data} ->> 'note'`,
			body: messages.body
		})
		.from(timeline)
		.leftJoin(messages, and(eq(messages.caseId, caseId), sql`${messages.id}::text = ${timeline.data} ->> 'message'`))
		.where(and(eq(timeline.caseId, caseId), inArray(timeline.type, ['answered', 'archived', 'reopened', 'disputed'])))
		.orderBy(desc(timeline.seq))
		.limit(1);
	const text = entry?.type === 'archived' ? entry.note : entry?.type === 'answered' ? entry.body : null;
	return entry && text ? { text, at: entry.at } : null;
}
