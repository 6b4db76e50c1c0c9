import { and, eq, inArray, or } from 'drizzle-orm';
import { DISPUTES_BEFORE_FINAL, OPEN_STATUSES } from '#lib/cases/status.ts';
import { supervisorsNow, workersNow } from '#lib/server/cases/handling/answerable.ts';
import { decidersNow } from '#lib/server/cases/answers/approve.ts';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { peopleFor, workersOf } from '#lib/server/cases/people.ts';
import { tell } from '#lib/server/channels/notices.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { approvals, timeline } from '#lib/server/db/schema/cases.ts';
import { forgetQuestion, tellOfClarification, tellOfQuestion } from './clarifications.ts';
import { approvalKey } from './passed-up.ts';
import {
	approvalLetter,
	assignmentLetter,
	mentionLetter,
	reporterLetter,
	sentBackLetter,
	type FromReporter
} from './letters.ts';
import { readDoneNotices } from './done.ts';
import { tellIfUnattended } from './unattended.ts';

type Entry = typeof timeline.$inferSelect;
type Teller = (tx: Tx, found: CaseWithUnit, entry: Entry) => Promise<unknown>;

/** Timeline entries that cause notices, and how. A new kind needs a line here. */
const TELLERS: Partial<Record<Entry['type'], Teller>> = {
	opened: tellIfUnattended,
	officers_changed: tellIfUnattended,
	verified: tellIfUnattended,
	classified: tellIfUnattended,
	moved: tellIfUnattended,
	assigned: tellAssignee,
	note: tellMentioned,
	answer_drafted: tellDeciders,
	archive_drafted: tellDeciders,
	answer_sent_back: tellWriter,
	archive_sent_back: tellWriter,
	message: fromReporter('message'),
	info_given: fromReporter('info_given'),
	disputed: fromReporter('disputed'),
	objected: fromReporter('objected'),
	clarification_asked: tellOfQuestion,
	clarification_given: tellOfClarification,
	clarification_withdrawn: forgetQuestion
};
const TOLD = Object.keys(TELLERS) as Entry['type'][];

/**
 * Called for new timeline entries. Uses the state at that moment: people who may no longer see the case, or have nothing left to
 * do, get no notice. Safe to call twice. Then marks notices whose work these entries have done as read.
 */
export async function tellOfEvents(events: readonly { caseId: number; seq: number }[]): Promise<void> {
	const entries = await db()
		.select()
		.from(timeline)
		.where(
			and(
				or(...events.map(({ caseId, seq }) => and(eq(timeline.caseId, caseId), eq(timeline.seq, seq)))),
				inArray(timeline.type, TOLD)
			)
		);
	const failed: unknown[] = [];
	for (const entry of entries) {
		await transaction(async (tx) => TELLERS[entry.type]?.(tx, await lockCase(tx, entry.caseId), entry)).catch(
			(error: unknown) => failed.push(error)
		);
	}
	await readDoneNotices([...new Set(events.map(({ caseId }) => caseId))]);
	if (failed.length > 0) throw failed[0];
}

async function tellAssignee(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<void> {
	const { row } = found;
	const { assigneeId } = row;
	// People who assign themselves need no notice, and neither do former assignees.
	if (!assigneeId || assigneeId !== entry.data.assignee || assigneeId === entry.actorId) return;
	const seeing = await peopleFor(tx, row, workersOf(row.restricted));
	if (!seeing.some((person) => person.id === assigneeId)) return;
	await tell(tx, [assigneeId], {
		kind: 'assigned',
		onceKey: `assigned:${row.id}:${entry.seq}`,
		caseId: row.id,
		at: entry.at,
		data: {},
		letter: assignmentLetter(found)
	});
}

/** People mentioned in a note who may see the case now. */
async function tellMentioned(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<void> {
	const { row } = found;
	const mentioned = Array.isArray(entry.data.mentions) ? (entry.data.mentions as string[]) : [];
	if (mentioned.length === 0) return;
	const seeing = await peopleFor(tx, row, workersOf(row.restricted));
	const told = mentioned.filter((id) => id !== entry.actorId && seeing.some((person) => person.id === id));
	const [writer] = entry.actorId
		? await tx.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, entry.actorId))
		: [];
	await tell(tx, told, {
		kind: 'mentioned',
		onceKey: `mentioned:${row.id}:${entry.seq}`,
		caseId: row.id,
		at: entry.at,
		data: { by: writer?.name ?? null },
		letter: mentionLetter(found, writer?.name ?? null)
	});
}

async function tellDeciders(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<void> {
	const { row } = found;
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, row.id), eq(approvals.state, 'pending')));
	// A draft that was rewritten in the meantime has its own entry and notice.
	if (!draft || draft.id !== entry.data.approval || draft.at > entry.at) return;
	const { people } = await decidersNow(tx, found, draft);
	await tell(
		tx,
		people.map(({ id }) => id),
		{
			kind: 'approval_wanted',
			onceKey: approvalKey(draft),
			caseId: row.id,
			at: draft.at,
			data: { draft: draft.kind },
			letter: approvalLetter(found, draft, false)
		}
	);
}

/** Notifies the writer of a draft that was sent back, while it waits for a new version and the writer may see the case. */
async function tellWriter(tx: Tx, found: CaseWithUnit, entry: Entry): Promise<void> {
	const { row } = found;
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, row.id), eq(approvals.state, 'sent_back')));
	if (!draft?.authorId || draft.id !== entry.data.approval) return;
	const seeing = await peopleFor(tx, row, workersOf(row.restricted));
	if (!seeing.some(({ id }) => id === draft.authorId)) return;
	await tell(tx, [draft.authorId], {
		kind: 'sent_back',
		onceKey: `sent_back:${row.id}:${entry.seq}`,
		caseId: row.id,
		at: entry.at,
		data: { draft: draft.kind },
		letter: sentBackLetter(found, draft.kind)
	});
}

/**
 * Notifies the people who work on the case of a message by the reporter. For an objection and for the last dispute, notifies
 * supervisors, who decide or write the final answer.
 */
function fromReporter(kind: FromReporter): Teller {
	return async (tx, found, { actorKind, actorId, seq, at }) => {
		const { row } = found;
		if (actorKind !== 'reporter' || isSettled(row, kind)) return;
		const final = kind === 'disputed' && row.disputes >= DISPUTES_BEFORE_FINAL;
		const people = [
			...(kind === 'objected' ? [] : await workersNow(tx, found)),
			...(kind === 'objected' || final ? await supervisorsNow(tx, found) : [])
		];
		await tell(
			tx,
			// The person who recorded the message needs no notice.
			people.map(({ id }) => id).filter((id) => id !== actorId),
			{
				kind,
				onceKey: `${kind}:${row.id}:${seq}`,
				caseId: row.id,
				at,
				data: {},
				letter: reporterLetter(found, kind)
			}
		);
	};
}

/** Decided objections and answered disputes need no notice; messages always do. */
function isSettled(row: CaseWithUnit['row'], kind: FromReporter): boolean {
	if (kind === 'objected') return row.objectionAt === null;
	return kind === 'disputed' && !OPEN_STATUSES.includes(row.status);
}
