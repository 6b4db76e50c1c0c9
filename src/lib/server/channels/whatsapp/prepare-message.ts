import { and, asc, desc, eq, inArray, isNull, like, ne, not, or, sql } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Reader, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { sendMessage } from '#lib/server/integrations/whatsapp/client.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { isLocked, isLockedChat, SILENT_MS, silentSince, type ConversationRow } from '../incoming/conversation.ts';
import { ORDER_MS, outgoingAttemptId, queueMessage, type MessageContent } from '../outgoing/queue.ts';
import { withReceiptLink } from '../placeholders.ts';
import { settingsOf } from './settings.ts';

/** After a person's message, free text is allowed for 24 hours. One minute is subtracted for the call to the service. */
const WINDOW_MS = DAY_MS - MINUTE_MS;

/** Whether a message may be sent, and how: as `text` or as the approved `template`. */
export type Window = 'text' | 'template' | 'silent';

/**
 * Decides whether a message may be sent as text, only as the template, or not at all. Counts from the person's last
 * message to this number of the office, in any conversation.
 * @param caseRow the case of the conversation
 * @param statusOnly whether the message holds only statuses, which are also sent to a locked chat
 */
export async function windowOf(
	on: Reader,
	conversation: ConversationRow,
	caseRow: Pick<CaseRow, 'formerChats'> | null,
	statusOnly = false
): Promise<Window> {
	if (!statusOnly && isLocked(conversation, caseRow)) return 'silent';
	const { connectionId, senderHash } = conversation;
	const [last] = await on
		.select({ at: conversations.lastAt })
		.from(conversations)
		.where(and(eq(conversations.connectionId, connectionId), eq(conversations.senderHash, senderHash)))
		.orderBy(desc(conversations.lastAt))
		.limit(1);
	const silence = now().getTime() - (last?.at.getTime() ?? 0);
	if (silence > SILENT_MS) return 'silent';
	return silence < WINDOW_MS ? 'text' : 'template';
}

/**
 * Prepares a message to the person of a conversation: what the office wrote, or the approved template if the person last
 * wrote more than 24 hours ago.
 */
export async function prepareWhatsApp(
	{ id, attempts, content: stored, caseId, reason }: typeof outgoingMessages.$inferSelect,
	connection: ConnectionRow,
	conversation: ConversationRow,
	caseRow: Pick<CaseRow, 'formerChats'> | null
) {
	const content = stored as MessageContent;
	const window = await windowOf(db(), conversation, caseRow, content.statusOnly);
	if (window === 'silent') return { fails: 'silent' };
	const { call, template } = await settingsOf(connection);
	const hasTemplate = content.late === 'template' && Boolean(template.name);
	if (window === 'template' && !hasTemplate) return { fails: 'window_over' };
	const sender = await decryptSender(conversation);
	if (!sender) return { fails: 'undeliverable' };
	const to = sender.number ?? sender.address;
	const attemptId = outgoingAttemptId(id, attempts);
	// WhatsApp refused free text that is in time here, for example because the connection has another number since.
	if (hasTemplate && (window === 'template' || reason === 'window_over'))
		return { send: () => sendMessage(call, to, { kind: 'template', ...template }, attemptId), note: 'template' };
	const text = caseId === null ? content.text : await withReceiptLink(content.text, caseId, id, 'chat');
	if (text === undefined) return { fails: 'no_link' };
	return { send: () => sendMessage(call, to, { ...content, text }, attemptId), hasTemplate };
}

/**
 * A message whose text was held back until the person wrote again. The `onceKey` of a copy begins with the occasion of
 * the first message (`entry:7:0`). `externalId`: of the template that was sent instead.
 */
export interface DelayedMessage {
	conversation: ConversationRow;
	onceKey: string;
	externalId: string | null;
}

/** Only the template was sent. A message that staff send again has its own attempt, now as text. */
const wasTemplate = and(eq(outgoingMessages.reason, 'template'), ne(outgoingMessages.state, 'waiting'));

/** Numbers (`seq`) of the case's timeline entries whose text waits until the reporter writes: only the template was sent. */
export async function heldEntries({ id, channel }: Pick<CaseRow, 'id' | 'channel'>): Promise<Set<number>> {
	if (channel !== 'whatsapp') return new Set();
	const { caseId, conversationId, createdAt, decidedAt, onceKey } = outgoingMessages;
	const seq = sql<string>`substring(${onceKey} from ':entry:([0-9]+):0')`;
	// No text follows into a chat that may be somebody else's by now, and the next message after a long silence locks it.
	const wroteLately = sql`exists (select from conversations c where c.connection_id = ${conversations.connectionId}
		and c.sender_hash = ${conversations.senderHash} and c.last_at > ${silentSince(now()).toISOString()})`;
	const mayFollow = and(wasTemplate, isNull(decidedAt), not(isLockedChat), wroteLately);
	const isHeld = sql<boolean>`coalesce(${mayFollow}, false)`;
	const attempts = await db()
		.select({ seq, isHeld })
		.from(outgoingMessages)
		.innerJoin(conversations, eq(conversations.id, conversationId))
		.innerJoin(cases, eq(cases.id, caseId))
		.where(and(eq(caseId, id), like(onceKey, '%:entry:%')))
		.orderBy(asc(createdAt));
	// A later copy of a message carries its text.
	const last = new Map(attempts.map(({ seq, isHeld }) => [Number(seq), isHeld]));
	return new Set([...last].filter(([, isHeld]) => isHeld).map(([seq]) => seq));
}

/**
 * After a person wrote again, queues the texts that did not reach the person. These are texts replaced by the template,
 * and texts whose sending failed. Texts that staff decided to leave stay unsent. So do texts that an administrator dropped
 * after a restore, because the person may already have them. A waiting text that WhatsApp refused after its 24 hours is
 * tried as a text again.
 * @param among conversations that are surely the person's
 * @returns the messages that had no text until now
 */
export async function queueDelayed(tx: Tx, among: readonly ConversationRow[]): Promise<DelayedMessage[]> {
	const { id, conversationId, content, state, reason, createdAt, onceKey, externalId, decidedAt } = outgoingMessages;
	const isMissing = and(isNull(decidedAt), or(wasTemplate, and(eq(state, 'failed'), ne(reason, 'restored'))));
	const ids = among.map((one) => one.id);
	const isRefused = and(inArray(conversationId, ids), eq(state, 'waiting'), eq(reason, 'window_over'));
	await tx.update(outgoingMessages).set({ reason: null }).where(isRefused);
	const rows = await tx
		.select({ id, conversationId, content, onceKey, externalId })
		.from(outgoingMessages)
		.where(and(inArray(conversationId, ids), isMissing, sql`${content} ->> 'late' is not null`))
		.orderBy(asc(createdAt), asc(onceKey))
		.for('update');
	const delayed: DelayedMessage[] = [];
	for (const [index, row] of rows.entries()) {
		const conversation = among.find((one) => one.id === row.conversationId);
		if (!conversation) continue;
		const message = row.content as MessageContent;
		const occasion = row.onceKey.replace(/^conversation:\d+:|\/.*$/g, '');
		const isNew = await queueMessage(tx, conversation, message, `${occasion}/${row.id}`, index * ORDER_MS);
		// Staff must not send the text a second time, even if the attempt that still runs turns out as unknown.
		const decidable = and(eq(id, row.id), inArray(state, ['sending', 'failed', 'unknown']));
		await tx.update(outgoingMessages).set({ decidedAt: now() }).where(decidable);
		if (isNew) delayed.push({ ...row, conversation });
	}
	return delayed;
}
