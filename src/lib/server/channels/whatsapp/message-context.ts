import { eq, inArray, sql } from 'drizzle-orm';
import { ONGOING_STATUSES } from '#lib/cases/moves.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import { mayComplete } from '#lib/server/cases/conversation/reporter-time-limits.ts';
import type { Sender } from '#lib/server/cases/conversation/sender.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import { contactHash } from '#lib/server/cases/reporter.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import type { ConversationRow } from '../incoming/conversation.ts';
import type { Destination } from '../incoming/target.ts';
import { placeMessage, type IncomingContent, type IncomingRow } from '../incoming/store-message.ts';
import { queueMessage, type MessageContent } from '../outgoing/queue.ts';
import type { StoredMessage } from './receive.ts';
import type { DelayedMessage } from './prepare-message.ts';

/** State of the chat between two messages. */
interface DialogState {
	language?: Locale;
	/** Kind of the report that the person is writing. Only "Kirim" opens the report. */
	kind?: CaseKind;
	/** Messages wait until the person says to which report they belong. */
	choosing?: boolean;
	/** Id of the message "Batal". A report takes only later messages. Cleared when staff decide. */
	cancelled?: number;
	/** Time at which "Belum puas" was pressed. Within a day of it, the next text disputes the answer. */
	disputing?: string | undefined;
	/** Time at which "Konsultasi data" was pressed. Within a day of it, texts are questions, also if a report is open. */
	consulting?: string | undefined;
	/** The case whose receipt the person showed, of another channel. Staff can add the messages to it as the reporter's. */
	receiptOf?: number;
	/** The person was silent for so long that the number may be somebody else's. The receipt opens the report again. */
	locked?: boolean;
}
export const dialogStateOf = ({ draft }: Pick<ConversationRow, 'draft'>): DialogState => (draft ?? {}) as DialogState;

/** Typed words that do the same as a button. */
export const TYPED_BUTTONS: readonly (readonly [RegExp, string])[] = [
	[/^(kirim|send)[.!]?$/i, 'send'],
	[/^(batal|cancel)[.!]?$/i, 'cancel'],
	[/^(selesai|done)[.!]?$/i, 'done'],
	[/^menu[.!]?$/i, 'menu:']
];

export interface Arrival extends Pick<IncomingContent, 'files' | 'refusedFiles'> {
	tx: Tx;
	/** Locked, and not processed yet. */
	row: IncomingRow;
	connection: ConnectionRow;
	unit: Unit;
	message: StoredMessage;
}

/** A conversation of the person that became a report. */
export interface OwnReport {
	conversation: ConversationRow;
	row: CaseRow;
}

export interface MessageContext extends Arrival {
	/** All conversations of the person with this number of ours, locked, the newest first. */
	all: ConversationRow[];
	waiting: ConversationRow | undefined;
	/** The newest first. */
	reports: OwnReport[];
	/** The reports whose chat is not locked. */
	unlocked: OwnReport[];
	/** Our messages whose texts waited for this one, because WhatsApp allows free text only for 24 hours after a message. */
	delayed: DelayedMessage[];
	/** Whether the person wrote to this number within a day. */
	wroteToday: boolean;
}

/** The reports, each once: a report can have several conversations of its reporter. */
export const eachOnce = (reports: readonly OwnReport[]): OwnReport[] =>
	reports.filter(({ row }, index) => reports.findIndex((one) => one.row.id === row.id) === index);

export const answeredOf = (reports: readonly OwnReport[]): OwnReport[] =>
	eachOnce(reports.filter(({ row }) => row.status === 'answered'));
export const openOf = (reports: readonly OwnReport[]): OwnReport[] =>
	eachOnce(reports.filter(({ row: { status } }) => ONGOING_STATUSES.includes(status)));

/** The reports that were archived as incomplete and that a message can still complete. */
export async function completableOf({ tx, unlocked, unit, row: { sentAt } }: MessageContext): Promise<OwnReport[]> {
	const found: OwnReport[] = [];
	for (const one of eachOnce(unlocked))
		if (one.row.status === 'archived' && (await mayComplete(tx, one.row, unit, sentAt))) found.push(one);
	return found;
}

function senderOf({ from: { userId, number, name } }: StoredMessage): Sender {
	return { name, address: userId ?? number ?? '', number: number ?? undefined };
}

/** From now on a person is known by the user id, also in conversations that began with the number alone. */
export async function adoptUserId(tx: Tx, message: StoredMessage, theirs: readonly ConversationRow[]): Promise<void> {
	const sender = senderOf(message);
	const senderHash = contactHash(sender.address);
	const byNumber = theirs.filter((one) => one.senderHash !== senderHash);
	if (byNumber.length === 0) return;
	const ids = byNumber.map(({ id }) => id);
	const senderSealed = await encryptText(JSON.stringify(sender));
	await tx.update(conversations).set({ senderHash, senderSealed }).where(inArray(conversations.id, ids));
}

/** Stores the message. @returns the conversation in which it waits; undefined if it went to a case */
export async function storeAsMessage(
	{ tx, row, message, files, refusedFiles }: MessageContext,
	to?: Destination
): Promise<ConversationRow | undefined> {
	const content = { sender: senderOf(message), body: message.text, files, refusedFiles, to };
	const place = await placeMessage(tx, row, content);
	if (!('conversationId' in place)) return undefined;
	const [conversation] = await tx.select().from(conversations).where(eq(conversations.id, place.conversationId));
	return conversation;
}

/**
 * Stores a message that only operates the chat: a button, a receipt, a reaction, an empty message. Staff do not see it as
 * a message.
 */
export async function storeAsHandled(
	context: MessageContext,
	conversation: ConversationRow,
	words?: MessageContent
): Promise<void> {
	const { tx, row, message, refusedFiles } = context;
	await tx
		.update(incomingMessages)
		.set({ state: 'done', body: message.text, conversationId: conversation.id, refusedFiles: [...refusedFiles] })
		.where(eq(incomingMessages.id, row.id));
	const at = sql`greatest(${conversations.lastAt}, ${row.sentAt.toISOString()}::timestamptz)`;
	await tx.update(conversations).set({ lastAt: at }).where(eq(conversations.id, conversation.id));
	if (words) await queueReply(tx, conversation, words, `pressed:${row.id}`);
}

export async function queueReply(
	tx: Tx,
	conversation: ConversationRow,
	words: MessageContent,
	onceKey: string
): Promise<void> {
	await queueMessage(tx, conversation, words, onceKey);
}

export async function updateDialogState(tx: Tx, conversation: ConversationRow, changes: DialogState): Promise<void> {
	conversation.draft = { ...dialogStateOf(conversation), ...changes };
	await tx.update(conversations).set({ draft: conversation.draft }).where(eq(conversations.id, conversation.id));
}
