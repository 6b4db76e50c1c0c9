import { and, desc, eq, inArray } from 'drizzle-orm';
import { visibleTo } from '#lib/server/cases/scope.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { answerOwed } from './owed.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isUuid } from '#lib/text/uuid.ts';

export type InboundReport = Awaited<ReturnType<typeof inboundReport>>;

/** A report LAPOR passed on, with its case and what the office said to it, if the actor may see the case. @throws NotFound */
export async function inboundReport(actor: Actor, id: string) {
	const found = await inboundForActor(db(), actor, id);
	const { report, row } = found;
	const [words, enteredBy, answerEnteredBy] = await Promise.all([
		wordsOf(row.id),
		nameOf(report.enteredBy),
		nameOf(report.answerEnteredBy)
	]);
	const { laporId, title, content, receivedOn, matchedBy, enteredAt, answerEnteredAt } = report;
	return {
		id,
		laporId,
		title,
		content,
		receivedOn,
		matchedBy,
		enteredAt,
		enteredBy,
		answerEnteredAt,
		answerEnteredBy,
		owed: found.owed,
		/** The last that the office said in public when it settled the case: an answer, or why it was archived. */
		words,
		case: { reference: row.reference, title: row.title, status: row.status, channel: row.channel, kind: row.kind },
		unit: { name: found.unit.name, timeZone: found.unit.timeZone }
	};
}

/**
 * A person has written at LAPOR what the office answered. Said twice, it is written down once.
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
	const [found] = isUuid(id)
		? await on
				.select({ report: inboundReports, row: cases, unit: units, owed: answerOwed })
				.from(inboundReports)
				.innerJoin(cases, eq(cases.id, inboundReports.caseId))
				.innerJoin(units, eq(units.id, inboundReports.unitId))
				.where(and(eq(inboundReports.id, id), visibleTo(actor)))
		: [];
	if (!found) throw new NotFound();
	return found;
}

async function wordsOf(caseId: number): Promise<{ text: string; at: Date } | null> {
	const [entry] = await db()
		.select({ type: timeline.type, at: timeline.at, data: timeline.data })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), inArray(timeline.type, ['answered', 'archived', 'reopened', 'disputed'])))
		.orderBy(desc(timeline.seq))
		.limit(1);
	if (entry?.type === 'archived')
		return typeof entry.data.note === 'string' ? { text: entry.data.note, at: entry.at } : null;
	const message = entry?.type === 'answered' ? entry.data.message : undefined;
	if (!entry || typeof message !== 'string') return null;
	const [found] = await db()
		.select({ body: messages.body })
		.from(messages)
		.where(and(eq(messages.id, message), eq(messages.caseId, caseId)));
	return found ? { text: found.body, at: entry.at } : null;
}

async function nameOf(accountId: string | null): Promise<string | null> {
	if (!accountId) return null;
	const [account] = await db().select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId));
	return account?.name ?? null;
}
