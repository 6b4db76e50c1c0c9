import { and, eq } from 'drizzle-orm';
import { allows, isAnswerFinal, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { present, type Person, supervisorsNow, workersNow, workersFor } from '#lib/server/cases/case-staff.ts';
import { decidersNow } from '#lib/server/cases/answers/decide-draft.ts';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import type { StoredEntry as Entry } from '#lib/server/cases/timeline.ts';
import { markOccasionRead, notify, withdrawNotice } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { clarifications } from '#lib/server/db/schema/clarifications.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { notifyOfArrival, notifyOfReopening } from './case-arrivals.ts';
import { notifyOfCase, type Notifier } from './case-notice.ts';
import { markDoneRead } from './done-notices.ts';
import { notifyDeciders, notifyOfPassedUp } from './draft-deciders.ts';

/** The notifier of each type of timeline entry that causes notices. */
const NOTIFIERS: Partial<Record<Entry['type'], Notifier>> = {
	opened: notifyOfArrival,
	officers_changed: notifyOfArrival,
	verified: notifyOfArrival,
	classified: notifyOfArrival,
	moved: notifyOfArrival,
	reopened: notifyOfReopening,
	assigned: notifyAssignee,
	note: notifyMentioned,
	answer_drafted: notifyOfDraft,
	archive_drafted: notifyOfDraft,
	answer_sent_back: notifyWriter,
	archive_sent_back: notifyWriter,
	answered: notifyOfSentAnswer,
	message: fromReporter('message'),
	info_given: notifyOfReply,
	disputed: fromReporter('disputed'),
	objected: fromReporter('objected'),
	undelivered: notifyOfUndelivered,
	clarification_asked: notifyOfficer,
	clarification_given: notifyAsker,
	clarification_withdrawn: withdrawFromOfficer,
	escalation_unknown: notifyOfForward('forward_unknown'),
	escalation_stuck: notifyOfForward('forward_stuck')
};

/**
 * Notifies staff of new timeline entries, by the state of the case at the time of the call. People who may no longer
 * see the case, or no longer have a task, get no notice. Then marks notices as read whose task is done. Safe to call
 * twice.
 */
export async function notifyOfEvents(entries: readonly Entry[]): Promise<void> {
	const failed: unknown[] = [];
	for (const entry of entries) {
		const notifier = NOTIFIERS[entry.type];
		if (!notifier) continue;
		await transaction(async (tx) => notifier(tx, await lockCase(tx, entry.caseId), entry)).catch((error: unknown) =>
			failed.push(error)
		);
	}
	// A report that was just opened has no notices of earlier tasks.
	const later = entries.filter(({ type }) => type !== 'opened');
	await markDoneRead([...new Set(later.map(({ caseId }) => caseId))]);
	if (failed.length > 0) throw failed[0];
}

/** The accounts among `ids` that may work on the case now. */
async function workersAmong(tx: Tx, { row }: CaseWithUnit, ids: readonly (string | null)[]): Promise<Person[]> {
	const people = await workersFor(tx, row);
	return people.filter(({ id }) => ids.includes(id));
}

/**
 * The person who wrote a draft or asked a question, while they may work on the case. If they are absent or the case has
 * another assignee, also the people who work on it now.
 */
async function starterAndWorkers(tx: Tx, caseWithUnit: CaseWithUnit, starterId: string | null) {
	const { row, unit } = caseWithUnit;
	const starter = await workersAmong(tx, caseWithUnit, [starterId]);
	const isOwn = row.assigneeId === null || row.assigneeId === starterId;
	const alone = isOwn && (await present(starter, unit.timeZone)).length > 0;
	return alone ? starter : [...starter, ...(await workersNow(tx, caseWithUnit))];
}

async function notifyAssignee(tx: Tx, caseWithUnit: CaseWithUnit, { seq, at, data, actorId }: Entry): Promise<void> {
	const { assigneeId } = caseWithUnit.row;
	// People who assigned themselves and former assignees get no notice.
	if (!assigneeId || assigneeId !== data.assignee || assigneeId === actorId) return;
	const assignee = await workersAmong(tx, caseWithUnit, [assigneeId]);
	await notifyOfCase(tx, caseWithUnit, assignee, { kind: 'assigned', occasion: seq, at });
}

/** Notifies the people mentioned in a note, except its writer. */
async function notifyMentioned(tx: Tx, caseWithUnit: CaseWithUnit, { seq, at, data, actorId }: Entry): Promise<void> {
	const mentioned = Array.isArray(data.mentions) ? (data.mentions as string[]) : [];
	if (mentioned.length === 0) return;
	const people = await workersAmong(
		tx,
		caseWithUnit,
		mentioned.filter((id) => id !== actorId)
	);
	const [writer] = actorId ? await tx.select().from(accounts).where(eq(accounts.id, actorId)) : [];
	const by = writer?.name ?? null;
	await notifyOfCase(tx, caseWithUnit, people, { kind: 'mentioned', occasion: seq, at, data: { by } });
}

async function draftInState(tx: Tx, caseId: number, state: 'pending' | 'sent_back') {
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, caseId), eq(approvals.state, state)));
	return draft;
}

async function notifyOfDraft(tx: Tx, caseWithUnit: CaseWithUnit, entry: Entry): Promise<void> {
	const draft = await draftInState(tx, caseWithUnit.row.id, 'pending');
	// A draft that was rewritten in the meantime has a later entry with its own notice.
	if (!draft || draft.id !== entry.data.approval || draft.at > entry.at) return;
	const { people } = await decidersNow(tx, caseWithUnit, draft);
	await notifyDeciders(tx, caseWithUnit, draft, people, 'approval_wanted');
}

/**
 * Notifies of the reporter's reply to a question. An answer that waited meanwhile can be decided again, also by the
 * supervisors above if its working day is over.
 */
async function notifyOfReply(tx: Tx, caseWithUnit: CaseWithUnit, entry: Entry): Promise<void> {
	await fromReporter('info_given')(tx, caseWithUnit, entry);
	const draft = await draftInState(tx, caseWithUnit.row.id, 'pending');
	if (draft?.kind !== 'answer' || draft.at > entry.at || !allows('publish_answer', caseWithUnit.row.status)) return;
	const { people, nearest, passesUpAt } = await decidersNow(tx, caseWithUnit, draft);
	const others = (all: typeof people) => all.filter(({ id }) => id !== entry.actorId);
	await notifyDeciders(tx, caseWithUnit, draft, others(nearest), 'approval_wanted', entry.at);
	if (passesUpAt <= now()) await notifyOfPassedUp(tx, caseWithUnit, draft, others(people), entry.at);
}

/** Notifies of a draft that was sent back and not rewritten yet. The person who sent it back gets no notice. */
async function notifyWriter(tx: Tx, caseWithUnit: CaseWithUnit, { seq, at, data, actorId }: Entry): Promise<void> {
	const draft = await draftInState(tx, caseWithUnit.row.id, 'sent_back');
	if (!draft || draft.id !== data.approval) return;
	const people = await starterAndWorkers(tx, caseWithUnit, draft.authorId);
	const others = people.filter(({ id }) => id !== actorId);
	await notifyOfCase(tx, caseWithUnit, others, {
		kind: 'sent_back',
		occasion: seq,
		at,
		data: { draft: draft.kind },
		form: `/${draft.kind}`
	});
}

/**
 * Notifies the writer of an answer which another person or the site sent, unless the reporter has already disputed it.
 * Nothing is left to do, so the notice is at the desk only.
 */
async function notifyOfSentAnswer(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	{ seq, at, data, actorId }: Entry
): Promise<void> {
	const { id, status } = caseWithUnit.row;
	if (typeof data.approval !== 'string' || OPEN_STATUSES.includes(status)) return;
	const ofCase = and(eq(approvals.caseId, id), eq(approvals.id, data.approval));
	const [draft] = await tx.select({ writer: approvals.authorId }).from(approvals).where(ofCase);
	if (!draft || draft.writer === actorId) return;
	const writer = await workersAmong(tx, caseWithUnit, [draft.writer]);
	await notifyOfCase(tx, caseWithUnit, writer, { kind: 'answer_sent', occasion: seq, at, deskOnly: true });
}

/**
 * Notifies the people who work on the case of a message by the reporter. Supervisors are notified of an objection,
 * which they decide, and also of the last dispute, although other disputes are the assignee's alone: after it they
 * write the final answer.
 */
function fromReporter(kind: 'message' | 'info_given' | 'disputed' | 'objected'): Notifier {
	return async (tx, caseWithUnit, { actorKind, actorId, seq, at, data }) => {
		const { objectionAt, status } = caseWithUnit.row;
		// Decided objections and answered disputes need no notice. Messages always do.
		const settled = kind === 'objected' ? objectionAt === null : kind === 'disputed' && !OPEN_STATUSES.includes(status);
		const isIncoming = actorKind === 'reporter' || data.other_address === true;
		if (!isIncoming || settled || data.quiet === true) return;
		const final = kind === 'disputed' && isAnswerFinal(caseWithUnit.row);
		const people = [
			...(kind === 'objected' ? [] : await workersNow(tx, caseWithUnit)),
			...(kind === 'objected' || final ? await supervisorsNow(tx, caseWithUnit) : [])
		];
		// The person who recorded the message gets no notice.
		const others = people.filter((person) => person.id !== actorId);
		await notifyOfCase(tx, caseWithUnit, others, { kind, occasion: seq, at });
	};
}

/** Notifies workers and supervisors of a forward that may not have arrived, if it is still in that state. */
function notifyOfForward(kind: 'forward_unknown' | 'forward_stuck'): Notifier {
	return async (tx, caseWithUnit, { seq, at }) => {
		if (kind !== `forward_${caseWithUnit.row.escalationState}`) return;
		const people = [...(await workersNow(tx, caseWithUnit)), ...(await supervisorsNow(tx, caseWithUnit))];
		await notifyOfCase(tx, caseWithUnit, people, { kind, occasion: seq, at });
	};
}

/** Notifies workers of a message to the reporter that may not have arrived. */
async function notifyOfUndelivered(tx: Tx, caseWithUnit: CaseWithUnit, { seq, at }: Entry): Promise<void> {
	const workers = await workersNow(tx, caseWithUnit);
	await notifyOfCase(tx, caseWithUnit, workers, { kind: 'undelivered', occasion: seq, at });
}

/** The question to an officer that an entry is about, with the officer's account. */
async function questionOf(tx: Tx, { data }: Entry) {
	const [question] = await tx
		.select({
			id: clarifications.id,
			state: clarifications.state,
			askedBy: clarifications.askedBy,
			officer: officers.accountId
		})
		.from(clarifications)
		.innerJoin(officers, eq(officers.id, clarifications.officerId))
		.where(eq(clarifications.id, String(data.clarification)));
	return question;
}

const questionOccasion = ({ id }: { id: string }) => ({ kind: 'clarification_asked' as const, occasion: id });

/**
 * Notifies an officer of an open question. Neither the notice nor the e-mail shows the case, its kind, its deadline or
 * who asks.
 */
async function notifyOfficer(tx: Tx, _: CaseWithUnit, entry: Entry): Promise<void> {
	const question = await questionOf(tx, entry);
	if (question?.state !== 'open' || !question.officer) return;
	const page = `/me/questions/${question.id}`;
	await notify(tx, [question.officer], { ...questionOccasion(question), at: entry.at, page });
}

/** Deletes the notice of a withdrawn question, because its page no longer exists. */
async function withdrawFromOfficer(tx: Tx, _: CaseWithUnit, entry: Entry): Promise<void> {
	const question = await questionOf(tx, entry);
	if (question?.officer) await withdrawNotice(tx, question.officer, questionOccasion(question));
}

/** Notifies of the officer's answer to a question. */
async function notifyAsker(tx: Tx, caseWithUnit: CaseWithUnit, entry: Entry): Promise<void> {
	const question = await questionOf(tx, entry);
	if (!question) return;
	await markOccasionRead(tx, questionOccasion(question));
	const people = await starterAndWorkers(tx, caseWithUnit, question.askedBy);
	await notifyOfCase(tx, caseWithUnit, people, { kind: 'clarification_given', occasion: question.id, at: entry.at });
}
