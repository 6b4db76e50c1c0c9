import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import { ENDED_FORWARDS, LAPOR_CHARACTERS } from '#lib/cases/forwarding.ts';
import { isAnswered } from '#lib/cases/moves.ts';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { knownIdentity } from '#lib/server/cases/known-identity.ts';
import type { StoredEntry as Entry } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { proposeRedaction, redact } from '#lib/text/redaction.ts';
import { isUnsent, withdrawUnsent } from '../delivery/withdraw-forward.ts';
import { correctedIdentity } from '../forward/confirmed-identity.ts';
import { changeEscalation, lockEscalation, type EscalationRow, type Forward } from '../rows.ts';
import { dropTask } from '../tasks.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';

export type FollowupRow = typeof escalationFollowups.$inferSelect;
type Source = 'answer' | 'message' | 'dispute';

const FOLLOWUP_TYPES = [
	'answered',
	'message',
	'info_requested',
	'disputed'
] as const satisfies readonly Entry['type'][];

/** Types of other entries that change what an unsent forward has, or whether it may be sent. */
const CHANGES_FORWARD: readonly Entry['type'][] = [
	'restriction_lifted',
	'classified',
	'archived',
	'contact_changed',
	'data_corrected'
];

const DISPUTED_WITHOUT_WORDS = 'Pelapor menyatakan belum puas atas jawaban.';

/**
 * Returns which kind of follow-up a timeline entry becomes: published answers, messages of the office to the reporter,
 * and the reporter's disputes. Other entries become none. Entries that came from LAPOR are not sent back, and neither is
 * the entry that ends a case because another agency takes it over: a person may have typed its number, but it has no
 * answer of the office.
 */
export function sourceOfEntry({ type, public: isPublic, actorKind, data }: Entry): Source | undefined {
	if (!isPublic || actorKind === 'lapor') return undefined;
	if (type === 'answered') return data.transferred_to === undefined ? 'answer' : undefined;
	if (type === 'disputed') return 'dispute';
	return actorKind !== 'reporter' && (type === 'message' || type === 'info_requested') ? 'message' : undefined;
}

/**
 * Queues follow-ups for new timeline entries of forwarded cases, and the withheld ones when a restriction is lifted.
 * Cancels the unsent ones when the case is archived or its category becomes integrity. Gives an unsent forward the
 * reporter's corrected name and contact. May be called twice for an entry.
 */
export async function followCaseEvents(entries: readonly Entry[]): Promise<void> {
	const withFollowups = new Set(
		entries.filter((entry) => sourceOfEntry(entry) ?? CHANGES_FORWARD.includes(entry.type)).map(({ caseId }) => caseId)
	);
	await Promise.all(
		[...withFollowups].map((caseId) =>
			transaction(async (tx) => {
				await tx.select({ id: cases.id }).from(cases).where(eq(cases.id, caseId)).for('update');
				await queueFollowups(tx, caseId);
			})
		)
	);
}

/**
 * Queues all follow-ups since the case was first forwarded that are not queued yet. They are queued for the current
 * forward and in timeline order, whichever job runs first. Each poll calls this too, because a job may die with its
 * worker. An answer also ends the task to write it. The case must be locked.
 */
export async function queueFollowups(tx: Tx, caseId: number): Promise<void> {
	const escalation = await currentForward(tx, caseId);
	if (!escalation) return;
	const locked = await lockEscalation(tx, escalation.id);
	// While the reporter's restriction of processing lasts, nothing more goes to LAPOR. It is queued when that is lifted.
	if ((await withdrawUnsent(tx, locked)) || locked.row.processingRestrictedAt) return;
	const corrected = isUnsent(locked.escalation) ? await correctedIdentity(locked) : {};
	if (corrected.identitySealed) locked.escalation = await changeEscalation(tx, locked.escalation, corrected);
	let added = false;
	for (const entry of await unqueued(tx, caseId)) {
		const source = sourceOfEntry(entry);
		if (source === 'answer' && (await repeatsLapor(tx, escalation, entry))) continue;
		if (source) added = (await addFollowup(tx, escalation, entry, source)) || added;
	}
	if (added && escalation.mode === 'api' && escalation.laporId)
		await enqueue(tx, 'escalation-deliver', { escalationId: escalation.id });
	if (isAnswered(locked.row.status)) await dropTask(tx, locked.escalation, 'finished');
}

/**
 * Whether an answer gives the reporter what LAPOR has already: it is the first one after a person typed that this forward is
 * finished there.
 */
async function repeatsLapor(tx: Tx, escalation: EscalationRow, answer: Entry): Promise<boolean> {
	if (escalation.laporStatus === null) return false;
	const earlier = and(eq(timeline.caseId, answer.caseId), lt(timeline.seq, answer.seq));
	const [last] = await tx
		.select({ actorKind: timeline.actorKind, data: timeline.data })
		.from(timeline)
		.where(and(earlier, inArray(timeline.type, ['escalation_status', 'answered', 'disputed'])))
		.orderBy(desc(timeline.seq))
		.limit(1);
	// Only the entry of a status has a forward.
	const isTyped = last?.actorKind === 'staff' && last.data.escalation === escalation.id;
	return isTyped && last.data.meaning === 'finished';
}

async function unqueued(tx: Tx, caseId: number): Promise<Entry[]> {
	const opened = sql`(select min(o.seq) from timeline o where o.case_id = ${caseId} and o.type = 'escalation_waiting')`;
	const queued = tx
		.select({ seq: escalationFollowups.eventSeq })
		.from(escalationFollowups)
		.innerJoin(escalations, eq(escalations.id, escalationFollowups.escalationId))
		.where(eq(escalations.caseId, caseId));
	const isCandidate = and(eq(timeline.public, true), inArray(timeline.type, [...FOLLOWUP_TYPES]));
	return tx
		.select()
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), isCandidate, gt(timeline.seq, opened), notInArray(timeline.seq, queued)))
		.orderBy(asc(timeline.seq));
}

/** The current forward of the case: the open one, or else the newest closed one with a number. */
async function currentForward(tx: Tx, caseId: number): Promise<EscalationRow | undefined> {
	const { state, laporId, nn } = escalations;
	const isCurrent = or(notInArray(state, ENDED_FORWARDS), and(eq(state, 'closed'), isNotNull(laporId)));
	const [row] = await tx
		.select()
		.from(escalations)
		.where(and(eq(escalations.caseId, caseId), isCurrent))
		.orderBy(sql`(${state} <> 'closed') desc`, desc(nn))
		.limit(1);
	return row;
}

/** Moves waiting follow-ups of ended forwards that never got a number to this forward. */
export async function takeOverFollowups(tx: Tx, { id, caseId }: EscalationRow): Promise<void> {
	const hasNoNumber = and(inArray(escalations.state, ENDED_FORWARDS), isNull(escalations.laporId));
	const waiting = await tx
		.select({ id: escalationFollowups.id })
		.from(escalationFollowups)
		.innerJoin(escalations, eq(escalations.id, escalationFollowups.escalationId))
		.where(and(eq(escalations.caseId, caseId), hasNoNumber, eq(escalationFollowups.state, 'waiting')))
		.orderBy(asc(escalationFollowups.eventSeq), asc(escalationFollowups.part));
	for (const [index, followup] of waiting.entries())
		await tx
			.update(escalationFollowups)
			.set({ escalationId: id, seq: index + 1, nextAttemptAt: now() })
			.where(eq(escalationFollowups.id, followup.id));
}

/** Queues the answer of a case that was answered before it was forwarded. */
export async function queueEarlierAnswer(tx: Tx, { row, escalation }: Forward): Promise<void> {
	if (!isAnswered(row.status)) return;
	const [entry] = await tx
		.select()
		.from(timeline)
		.where(and(eq(timeline.caseId, row.id), eq(timeline.type, 'answered')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	if (entry && sourceOfEntry(entry)) await addFollowup(tx, escalation, entry, 'answer');
}

async function addFollowup(tx: Tx, escalation: EscalationRow, entry: Entry, source: Source): Promise<boolean> {
	const text = await textToSend(tx, entry);
	const parts = followupParts(text ?? (source === 'dispute' ? DISPUTED_WITHOUT_WORDS : ''));
	if (parts.length === 0) return false;
	const [last] = await tx
		.select({ seq: sql<number>`coalesce(max(${escalationFollowups.seq}), 0)::int` })
		.from(escalationFollowups)
		.where(eq(escalationFollowups.escalationId, escalation.id));
	const stored = await tx
		.insert(escalationFollowups)
		.values(
			parts.map((content, index) => ({
				escalationId: escalation.id,
				seq: (last?.seq ?? 0) + index + 1,
				source,
				eventSeq: entry.seq,
				part: index + 1,
				content,
				state: 'waiting',
				nextAttemptAt: now(),
				createdAt: now()
			}))
		)
		.onConflictDoNothing({
			target: [escalationFollowups.escalationId, escalationFollowups.eventSeq, escalationFollowups.part]
		})
		.returning({ id: escalationFollowups.id });
	return stored.length > 0;
}

/** The message's text without personal data, because nobody reviews it before it is sent. */
async function textToSend(tx: Tx, entry: Entry): Promise<string | undefined> {
	const { message } = entry.data;
	if (typeof message !== 'string') return undefined;
	const [foundMessage] = await tx
		.select({ body: messages.body, row: cases })
		.from(messages)
		.innerJoin(cases, eq(cases.id, messages.caseId))
		.where(and(eq(messages.id, message), eq(messages.caseId, entry.caseId)));
	if (!foundMessage) return undefined;
	const { body, row } = foundMessage;
	return redact(body, proposeRedaction(body, await knownIdentity(tx, row)));
}

/** In a form, a line break is sent as two characters. */
const LINE_BREAK = '\r\n';

/** Characters reserved for "(2/9) " before a part. */
const NUMBER_ROOM = 8;

/**
 * Cuts a text into parts that LAPOR accepts, and numbers them if there are several. It cuts in the second half of the
 * limit: at a blank line, or else at a line, a sentence or a word.
 */
export function followupParts(text: string): string[] {
	const sent = text.trim().replace(/\r\n?|\n/g, LINE_BREAK);
	const pieces: string[] = [];
	for (let rest = sent; rest !== '';) {
		const most = rest === sent ? LAPOR_CHARACTERS.followup : LAPOR_CHARACTERS.followup - NUMBER_ROOM;
		const end = rest.length <= most ? rest.length : cutAt(rest);
		pieces.push(rest.slice(0, end).trim().replaceAll(LINE_BREAK, '\n'));
		rest = rest.slice(end).trim();
	}
	return pieces.length > 1 ? pieces.map((piece, index) => `(${index + 1}/${pieces.length}) ${piece}`) : pieces;
}

function cutAt(text: string): number {
	const start = firstCharacters(text, LAPOR_CHARACTERS.followup - NUMBER_ROOM);
	for (const [mark, after] of [
		[LINE_BREAK + LINE_BREAK, 0],
		[LINE_BREAK, 0],
		['. ', 1],
		[' ', 0]
	] as const) {
		const at = start.lastIndexOf(mark);
		if (at >= start.length / 2) return at + after;
	}
	return start.length;
}
