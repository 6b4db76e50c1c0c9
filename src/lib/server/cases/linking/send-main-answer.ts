import { and, asc, desc, eq, exists, sql } from 'drizzle-orm';
import { RESOLVED_BY_DRAFT } from '#lib/cases/linking.ts';
import { versionInput } from '#lib/cases/schema.ts';
import { isAnswerFinal, needsSecondPerson } from '#lib/cases/moves.ts';
import { checked } from '#lib/server/checked.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { approvals, attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { publishAnswer, signed } from '../answers/answer.ts';
import { submitDraft } from '../answers/draft.ts';
import { type PublishedAnswer } from '../answers/publish.ts';
import { caseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { invalidMove, moveCase, requireVersion } from '../move.ts';
import { requireSupervisor, visibleTo } from '../visibility.ts';
import { hasNewerAnswer, lockPair } from './link.ts';
import { namesAnyAccount, sendTo, reasonNotAnswered } from './linked-answer.ts';

/**
 * Sends the main case's answer to a linked report that did not get it automatically: the report was unverified, waited
 * for its reporter, or was linked later. If the main case's signatures are not sufficient for this report, a draft goes
 * to a second person. If none is available, the answer is sent with a single signature.
 *
 * @throws Conflict `held_…` if the answer still can't be sent; without a reason if the main case has no newer answer or
 * the actor may not see it · NotAllowed if a final answer needs a draft and the actor is no supervisor
 */
export async function sendMainAnswer(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(versionInput, raw);
	return transaction(async (tx) => {
		const { main, report } = await lockPair(tx, actor, reference);
		const { row } = report;
		await requireVersion(tx, row, input.version);
		const isVisible = await visibleCase(tx, actor, main.row.id);
		const answer = isVisible && (await newerAnswer(tx, main.row, row));
		if (!answer) throw invalidMove(row);
		const sending = { main: main.row, report, answer };
		const why = await reasonNotAnswered(tx, sending);
		if (!why) return sendTo(tx, actor, sending);
		if (!RESOLVED_BY_DRAFT.includes(why)) throw invalidMove(row, `held_${why}`);
		// An answer with an approval was a complaint's, and its draft needed evidence.
		if (needsSecondPerson(row.kind) && !answer.approval && !answer.evidence) throw invalidMove(row, 'held_evidence');
		const author = isAnswerFinal(row) ? requireSupervisor(actor, row) : actor;
		return draftMainAnswer(tx, author, report, answer);
	});
}

/** The text that `sendMainAnswer` would send. null if there is none or the actor may not see the main case. */
export async function mainAnswerFor(actor: Actor, reference: string): Promise<string | null> {
	const { row } = await caseForActor(actor, reference);
	if (row.mainCaseId === null) return null;
	const main = await visibleCase(db(), actor, row.mainCaseId);
	return (main && (await newerAnswer(db(), main, row)))?.body ?? null;
}

/** The last answer of the main case, if the linked report has not received it. */
async function newerAnswer(on: Database | Tx, main: CaseRow, row: CaseRow) {
	const isNewer = hasNewerAnswer(main, await lastAnswer(on, row.id), await linkedAt(on, row));
	return isNewer ? lastAnswer(on, main.id) : undefined;
}

/** When a report was first linked to its present main case. */
async function linkedAt(on: Database | Tx, { id, mainCaseId }: CaseRow): Promise<Date | undefined> {
	const { at, caseId, type, data, seq } = timeline;
	const toMain = sql`${data} ->> 'action' = 'linked' and (${data} ->> 'case')::bigint = ${mainCaseId}`;
	const isLink = and(eq(caseId, id), eq(type, 'linked'), toMain);
	const [entry] = await on.select({ at }).from(timeline).where(isLink).orderBy(asc(seq)).limit(1);
	return entry?.at;
}

async function visibleCase(on: Database | Tx, actor: Actor, caseId: number): Promise<CaseRow | undefined> {
	const [seen] = await on
		.select()
		.from(cases)
		.where(and(eq(cases.id, caseId), visibleTo(actor)));
	return seen;
}

/** The last answer of a case, also if it was disputed. `evidence`: it states the action or has a file. */
async function lastAnswer(
	on: Database | Tx,
	caseId: number
): Promise<(PublishedAnswer & { at: Date; evidence: boolean }) | undefined> {
	const files = on.select().from(attachments).where(eq(attachments.messageId, messages.id));
	const [entry] = await on
		.select({
			at: timeline.at,
			data: timeline.data,
			message: messages,
			hasFiles: sql<boolean>`${exists(files)}`,
			decidedBy: approvals.decidedBy
		})
		.from(timeline)
		.innerJoin(messages, eq(messages.id, sql`(${timeline.data} ->> 'message')::uuid`))
		.leftJoin(approvals, eq(approvals.id, sql`(${timeline.data} ->> 'approval')::uuid`))
		.where(and(eq(timeline.caseId, caseId), eq(timeline.type, 'answered')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	if (!entry) return undefined;
	const { body, accountId, author } = entry.message;
	const { approval, single_signature: single, action, action_on: actionOn } = entry.data;
	return {
		at: entry.at,
		evidence: typeof action === 'string' || entry.hasFiles,
		body,
		accountId,
		decidedBy: entry.decidedBy,
		...(typeof action === 'string' && typeof actionOn === 'string' ? { action, actionOn } : {}),
		approval: typeof approval === 'string' ? approval : undefined,
		singleSignature: single === true,
		by: author === 'lapor' ? 'lapor' : 'staff'
	};
}

/**
 * Submits the text as a draft on this report. Its writer stays the author, and neither the writer nor the actor may
 * approve it. If this report names the writer, the actor becomes the author, because nobody may answer a report that
 * names them.
 */
async function draftMainAnswer(
	tx: Tx,
	actor: Actor,
	{ row: before, unit }: CaseWithUnit,
	{ body, action = null, actionOn = null, accountId: writer }: PublishedAnswer
): Promise<CaseRow> {
	const row = await moveCase(tx, before, 'answer');
	const authorId = writer && !(await namesAnyAccount(tx, row, [writer])) ? writer : undefined;
	const stored = await submitDraft(tx, actor, { row, unit }, { kind: 'answer', body, action, actionOn, authorId });
	if (stored.state === 'pending') return row;
	return publishAnswer(tx, actor, { row, unit }, signed(stored));
}
