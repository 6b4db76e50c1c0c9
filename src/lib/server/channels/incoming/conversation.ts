import { and, asc, eq, gt, inArray, lt, ne, not, or, sql, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { isAbout } from '#lib/cases/find-officer-names.ts';
import type { Sender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { findNamedOfficers, type NamedOfficer } from '#lib/server/cases/officers/find-names.ts';
import { contactHash } from '#lib/server/cases/reporter.ts';
import { hiddenFrom, visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { Conflict, NotFound } from '#lib/server/errors.ts';
import { caseRoleUnits, recordsOf, type Actor } from '#lib/server/people/actor.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';

export type ConversationRow = typeof conversations.$inferSelect;

/** Numbers are given to other people. After this silence a number is no longer taken for the same person. */
export const SILENT_MS = 90 * DAY_MS;
export const silentSince = (at: Date): Date => new Date(at.getTime() - SILENT_MS);

/**
 * Whether a chat may be somebody else's by now: it was silent for long, or the reporter has another number. The receipt
 * opens it again.
 * @param of the case of the conversation
 */
export const isLocked = (
	{ id, draft }: Pick<ConversationRow, 'id' | 'draft'>,
	of: Pick<CaseRow, 'formerChats'> | null
): boolean => draft?.locked === true || of?.formerChats.includes(id) === true;

/** `isLocked` as a condition for conversations with their cases. */
export const isLockedChat = sql`(coalesce(${conversations.draft} -> 'locked' = 'true', false)
	or ${conversations.id} = any(${cases.formerChats}))`;

export async function unitOf({ unitId }: Pick<ConversationRow, 'unitId'>): Promise<Unit> {
	const unit = (await referenceData()).unitById.get(unitId);
	if (!unit) throw new NotFound(`unit ${unitId}`);
	return unit;
}

/**
 * Condition for conversations that belong to no case: those that do not name the actor's own officer. One about the
 * head is read by the supervisors of the office above, as a case about the head is; at the root by its other
 * supervisors.
 */
export function readableBy({ officerId, units: { supervisor } }: Actor): SQL | undefined {
	const below = sql`select ${units.id} from ${units} where coalesce(${units.parentId}, ${units.id}) = any(${`{${supervisor.join(',')}}`}::uuid[])`;
	return and(
		or(not(conversations.aboutHead), sql`${conversations.unitId} in (${below})`),
		officerId ? sql`not ${conversations.named} && array${recordsOf(officerId)}` : undefined
	);
}

/** Condition for conversations that belong to a case: the actor sees the case. */
export const seesCase = (actor: Actor): SQL =>
	sql`exists (select from ${cases} where ${cases.id} = ${conversations.caseId} and ${visibleTo(actor)})`;

/**
 * Condition for the conversations that an actor may see: those of their offices that they may read, and those of cases
 * that they may see. Lists ask for one state, so that an index is used.
 */
export function conversationsFor(actor: Actor): SQL {
	const others = and(
		ne(conversations.state, 'case'),
		inArray(conversations.unitId, caseRoleUnits(actor)),
		readableBy(actor)
	);
	return or(others, and(eq(conversations.state, 'case'), seesCase(actor))) ?? sql`false`;
}

/** Condition: the conversation with this number, or its case, is hidden from the person. */
export const isHiddenConversation = (actor: Actor, id: SQL): SQL =>
	sql`exists (select from ${conversations} left join ${cases} on ${cases.id} = ${conversations.caseId}
		where ${conversations.id} = ${id}::bigint
			and case when ${conversations.caseId} is null then not (${readableBy(actor)}) else ${hiddenFrom(actor)} end)`;

/** Hashes by which the conversations and cases of a sender are found. */
export const senderHashes = ({ address, number }: Sender): string[] =>
	[address, ...(number ? [number] : [])].map((one) => contactHash(one));

/** Condition for cases: the reporter has a conversation with this sender. */
export const hasChatOf = (sender: Sender, which?: SQL): SQL => {
	const { caseId, ofReporter, senderHash } = conversations;
	const theirs = and(eq(caseId, cases.id), ofReporter, inArray(senderHash, senderHashes(sender)), which);
	return sql`exists (select from ${conversations} where ${theirs})`;
};

/**
 * Condition for cases: `hasChatOf`, and the number still counts as the reporter's. The silence counts for each conversation.
 * By WhatsApp it counts for the number: the first message of the waiting conversation has locked every report of a silent
 * number that was a report by then.
 * @param waiting the sender's conversation that is to join a case
 */
export const hasSureChatOf = (sender: Sender, waiting?: Pick<ConversationRow, 'connectionId' | 'firstAt'>): SQL => {
	const { channel, connectionId, decidedAt, lastAt } = conversations;
	const isRecent =
		waiting &&
		or(
			eq(channel, 'email'),
			gt(lastAt, silentSince(waiting.firstAt)),
			and(eq(channel, 'whatsapp'), eq(connectionId, waiting.connectionId), lt(decidedAt, waiting.firstAt))
		);
	return hasChatOf(sender, and(not(isLockedChat), isRecent));
};

/**
 * Whether a sender is proven to be the reporter of a case: it was opened from a conversation of the same sender, and the
 * number can't be somebody else's by now; or the sender showed its receipt in this conversation. A contact in a form proves
 * nothing, because anybody can type it.
 * @param waiting the conversation that is to join the case. Without it, the channel itself has checked the silence
 */
export async function isProvenReporter(
	on: Database | Tx,
	caseId: number,
	sender: Sender,
	waiting?: Pick<ConversationRow, 'connectionId' | 'draft' | 'firstAt'>
): Promise<boolean> {
	if (waiting?.draft?.receiptOf === caseId) return true;
	return (await on.$count(cases, and(eq(cases.id, caseId), hasSureChatOf(sender, waiting)))) > 0;
}

/** The number of a conversation in an address. @throws NotFound */
export function conversationId(param: string): number {
	if (!/^\d{1,15}$/.test(param)) throw new NotFound(`conversation ${param}`);
	return Number(param);
}

/** Officers whose names are in the messages, for their case. A person decides there. */
export const proposedIn = ({ named }: Pick<ConversationRow, 'named'>): NamedOfficer[] =>
	named.map((officerId) => ({ officerId, source: 'text', state: 'proposed' }));

/**
 * Adds the officers whose names are in a text of a conversation. Their accounts can no longer see it. If the text is
 * about the head, neither can its office.
 * @param quoted what others wrote before, such as a letter that the head signed. An officer named there does not see
 *   the conversation, but it is not about the head
 */
export async function nameIn(tx: Tx, { id, unitId }: ConversationRow, text: string, quoted = ''): Promise<void> {
	const unit = await unitOf({ unitId });
	const found = (await findNamedOfficers(unit, { text: `${text}\n${quoted}` })).map(({ officerId }) => officerId);
	if (found.length === 0) return;
	const head = (await referenceData()).officerById.get(unit.headOfficerId ?? '');
	const aboutHead = head !== undefined && isAbout(text, head);
	await tx
		.update(conversations)
		.set({
			named: sql`array(select distinct unnest(${conversations.named} || ${`{${found.join(',')}}`}::uuid[]))`,
			...(aboutHead && { aboutHead })
		})
		.where(eq(conversations.id, id));
}

/**
 * Locks a conversation that waits for a decision.
 * @param access `conversationsFor(actor)`
 * @throws NotFound · Conflict `invalid-move` if it was decided meanwhile
 */
export async function lockWaiting(tx: Tx, id: number, access: SQL): Promise<ConversationRow> {
	const row = await lockConversation(tx, id, access);
	if (row.state !== 'waiting') throw decidedMeanwhile(row);
	return row;
}

export const decidedMeanwhile = ({ state }: ConversationRow) =>
	new Conflict('invalid-move', { reason: `conversation_${state}` });

/**
 * Stores what became of a waiting conversation.
 * @param actor who decided; null if the sender did, or the site because of the address that the message came to
 */
export async function storeDecision(
	tx: Tx,
	id: number,
	actor: Actor | null,
	decision: Partial<typeof conversations.$inferInsert>
): Promise<void> {
	const decided = { draft: null, decidedBy: actor?.accountId ?? null, decidedAt: now() };
	await tx
		.update(conversations)
		.set({ ...decided, ...decision })
		.where(eq(conversations.id, id));
}

/** Locks a conversation. @throws NotFound */
export async function lockConversation(tx: Tx, id: number, access: SQL | undefined): Promise<ConversationRow> {
	// Access is asked after the lock: a decision meanwhile can change who may see the conversation.
	await tx.select({ id: conversations.id }).from(conversations).where(eq(conversations.id, id)).for('update');
	const [row] = await tx
		.select()
		.from(conversations)
		.where(and(eq(conversations.id, id), access));
	if (!row) throw new NotFound(`conversation ${id}`);
	return row;
}

/** The messages of a conversation, the oldest first. */
export const messagesOf = (tx: Tx, conversationId: number) =>
	tx
		.select()
		.from(incomingMessages)
		.where(eq(incomingMessages.conversationId, conversationId))
		.orderBy(asc(incomingMessages.sentAt), asc(incomingMessages.id));
