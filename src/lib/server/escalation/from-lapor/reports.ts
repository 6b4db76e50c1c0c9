import { isId } from '#lib/server/db/is-id.ts';
import { and, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { openDraftState } from '#lib/server/cases/answers/draft.ts';
import { z } from 'zod';
import { lockCase, type CaseRow } from '#lib/server/cases/find.ts';
import { isProcessingRestricted, visibleTo } from '#lib/server/cases/visibility.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { beyond, pageOf } from '#lib/server/db/page.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { nameOf } from '../view.ts';

/**
 * Whether the case is settled and a person must still write the office's answer at LAPOR. If a forward of ours has the
 * report's number, its follow-ups contain the answer and none is missing. After a dispute the new answer is missing again.
 */
const isAnswerMissing = sql<boolean>`(${cases.status} in ('answered', 'closed', 'archived')
	and ${cases.transferredTo} is null
	and (${inboundReports.answerEnteredAt} is null
		or ${inboundReports.answerEnteredAt} < coalesce(${cases.answeredAt}, ${cases.archivedAt}))
	and not exists (select 1 from ${escalations} where ${escalations.caseId} = ${cases.id}
		and ${escalations.laporId} = ${inboundReports.laporId}))`;

/**
 * `answer_missing`: the answer still has to be written at LAPOR. `opened`: the report opened a case. `attached`: it was attached
 * to a case.
 */
export const INBOUND_VIEWS = ['answer_missing', 'opened', 'attached'] as const;
export type InboundView = (typeof INBOUND_VIEWS)[number];

const PAGE = 30;

const viewCondition: Record<InboundView, SQL> = {
	answer_missing: isAnswerMissing,
	opened: isNull(inboundReports.matchedBy),
	attached: isNotNull(inboundReports.matchedBy)
};

export type InboundItem = Awaited<ReturnType<typeof listInbound>>['items'][number];

/** A page of the inbound reports of cases that the actor may see, the latest entered first. */
export async function listInbound(actor: Actor, view: InboundView | undefined, cursor?: string, size = PAGE) {
	const { enteredAt, id } = inboundReports;
	const rows = await db()
		.select({
			id,
			laporId: inboundReports.laporId,
			title: inboundReports.title,
			excerpt: sql<string>`left(${inboundReports.content}, 120)`,
			receivedOn: inboundReports.receivedOn,
			matchedBy: inboundReports.matchedBy,
			enteredAt,
			answerEnteredAt: inboundReports.answerEnteredAt,
			answerMissing: isAnswerMissing,
			case: { reference: cases.reference, status: cases.status, draft: openDraftState },
			processingRestricted: isProcessingRestricted,
			unit: { name: units.name, timeZone: units.timeZone }
		})
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.innerJoin(units, eq(units.id, inboundReports.unitId))
		.where(and(visibleTo(actor), view ? viewCondition[view] : undefined, beyond(cursor, [enteredAt, id])))
		.orderBy(desc(enteredAt), desc(id))
		.limit(size + 1);
	return pageOf(rows, size, (report) => report.enteredAt);
}

export type InboundCounts = Record<InboundView | 'all', number>;

/** The number of reports in each view, of cases that the actor may see. */
export async function inboundCounts(actor: Actor): Promise<InboundCounts> {
	const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
	const [row] = await db()
		.select({
			all: sql<number>`count(*)::int`,
			answer_missing: count(viewCondition.answer_missing),
			opened: count(viewCondition.opened),
			attached: count(viewCondition.attached)
		})
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(visibleTo(actor));
	return row ?? { all: 0, answer_missing: 0, opened: 0, attached: 0 };
}

/** The inbound reports of a case that was found for the actor, oldest first. */
export async function inboundOfCase({ id }: Pick<CaseRow, 'id'>) {
	return db()
		.select({ id: inboundReports.id, laporId: inboundReports.laporId, answerMissing: isAnswerMissing })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(eq(cases.id, id))
		.orderBy(inboundReports.enteredAt, inboundReports.id);
}

/** An inbound report with its case and the office's answer, if the actor may see the case. @throws NotFound */
export async function inboundReport(actor: Actor, id: string) {
	const { report, row, unit, answerMissing } = await inboundForActor(db(), actor, id);
	const [words, enteredBy, answerEnteredBy] = await Promise.all([
		settlingText(row.id),
		nameOf(report.enteredBy),
		nameOf(report.answerEnteredBy)
	]);
	const { laporId, title, content, receivedOn, matchedBy, enteredAt, answerEnteredAt } = report;
	const shownFields = { id, laporId, title, content, receivedOn, matchedBy, enteredAt, answerEnteredAt };
	return {
		...shownFields,
		enteredBy,
		answerEnteredBy,
		answerMissing,
		/** The public text that settled the case: the answer, or the reason for archiving. */
		words,
		settledAt: settledAt(row),
		case: { reference: row.reference, title: row.title, status: row.status, channel: row.channel, kind: row.kind },
		unit: { name: unit.name, timeZone: unit.timeZone }
	};
}

/** When the case was answered or, without an answer, archived. `isAnswerMissing` compares the same time. */
const settledAt = ({ answeredAt, archivedAt }: CaseRow) => (answeredAt ?? archivedAt)?.toISOString();

/** `settled`: the `settledAt` of the answer that the person saw. */
const enteredInput = z.object({ settled: z.string().max(40) });

/**
 * Records that a person has written the office's answer at LAPOR. A second call changes nothing.
 *
 * @throws NotFound · Conflict `invalid-move` if no answer is missing, `stale` if the person saw another answer
 */
export async function enterAnswer(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { settled } = checked(enteredInput, raw);
	await transaction(async (tx) => {
		const unlocked = await inboundForActor(tx, actor, id);
		const { row } = await lockCase(tx, unlocked.row.id);
		const { report, answerMissing } = await inboundForActor(tx, actor, id);
		if (!answerMissing && report.answerEnteredAt) return;
		if (!answerMissing) throw new Conflict('invalid-move', { status: row.status, reason: 'inbound_none_missing' });
		if (settled !== settledAt(row))
			throw new Conflict('stale', { changes: [row.answeredAt ? 'answered' : 'archived'] });
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
	return on
		.select({ report: inboundReports, row: cases, unit: units, answerMissing: isAnswerMissing })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.innerJoin(units, eq(units.id, inboundReports.unitId))
		.where(and(isId(inboundReports.id, id), visibleTo(actor)))
		.then(oneRow);
}

/** The public text that settled a case: its answer, or the note of its archiving. */
async function settlingText(caseId: number): Promise<string | null> {
	const [entry] = await db()
		.select({
			type: timeline.type,
			note: sql<string | null>`${timeline.data} ->> 'note'`,
			body: messages.body
		})
		.from(timeline)
		.leftJoin(messages, and(eq(messages.caseId, caseId), sql`${messages.id}::text = ${timeline.data} ->> 'message'`))
		.where(and(eq(timeline.caseId, caseId), inArray(timeline.type, ['answered', 'archived', 'reopened', 'disputed'])))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return (entry?.type === 'archived' ? entry.note : entry?.type === 'answered' ? entry.body : null) || null;
}
