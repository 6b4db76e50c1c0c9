import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { OLDEST_REPORT_MS } from '#lib/cases/vocabulary.ts';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { numberedName } from '#lib/server/attachments/display-name.ts';
import type { KeptFile } from '#lib/server/attachments/stored-files.ts';
import { storeIncomingMessage } from '#lib/server/cases/conversation/incoming-message.ts';
import { contactOf, type Sender } from '#lib/server/cases/conversation/sender.ts';
import { NOTICES_PER_HOUR } from '#lib/server/cases/conversation/reporter-reply.ts';
import { clearAddressRefusal } from '#lib/server/cases/mail-preference.ts';
import { contactHash, reporterMarks } from '#lib/server/cases/reporter.ts';
import { ago, now } from '#lib/server/clock.ts';
import { storedRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { connections, conversations, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { NotFound } from '#lib/server/errors.ts';
import { encryptText } from '#lib/server/keys.ts';
import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { isVoice, refusedIn, textOf, withSubject } from './content.ts';
import { nameIn, silentSince, unitOf, type ConversationRow } from './conversation.ts';
import { openCaseOf } from './open-from-conversation.ts';
import { targetOf, type Destination, type Target } from './target.ts';

export type IncomingRow = typeof incomingMessages.$inferSelect;

/** A message that a channel delivered, before its content is read. */
interface NewMessage {
	/** The same for each delivery of the message. */
	onceKey: string;
	externalId?: string | null;
	source?: IncomingRow['source'];
	kind?: string;
	bytes: number;
	/** The message's own time. One in the future, or too old to be true, is replaced by the present. */
	sentAt: Date;
}

/** Stores that a message exists (state `stored`), before it is processed. @returns undefined if it is already there */
export async function storeArrived(
	tx: Tx | Database,
	connection: ConnectionRow,
	{ sentAt, ...message }: NewMessage
): Promise<IncomingRow | undefined> {
	const receivedAt = now();
	const age = receivedAt.getTime() - sentAt.getTime();
	const [row] = await tx
		.insert(incomingMessages)
		.values({
			...message,
			connectionId: connection.id,
			unitId: connection.unitId,
			state: 'stored',
			sentAt: age >= 0 && age < OLDEST_REPORT_MS ? sentAt : receivedAt,
			receivedAt
		})
		.onConflictDoNothing({ target: incomingMessages.onceKey })
		.returning();
	return row;
}

/** What a message says, as its channel read it. */
export interface IncomingContent {
	sender: Sender;
	subject?: string | null;
	body: string;
	/** Quoted history and signature. */
	quoted?: string | null;
	/** Cleaned and stored files (`keepFiles`). */
	files: readonly KeptFile[];
	refusedFiles: readonly { name: string; reason: string }[];
	to?: Destination;
}

type Place = { caseId: number } | { conversationId: number };

/**
 * Places a stored message once: in the case or conversation that the channel found, else in the sender's waiting
 * conversation, else in a new one. A message to a conversation that became a case goes to that case. A connection that is
 * dedicated to complaints opens a case, if the office is open. Runs in the caller's transaction, after the files were kept.
 *
 * @returns where the message is now. A message that was processed before stays where it is
 */
export async function placeMessage(tx: Tx, { id }: IncomingRow, raw: IncomingContent): Promise<Place> {
	const content = storable(raw);
	const [message] = await tx.select().from(incomingMessages).where(eq(incomingMessages.id, id)).for('update');
	if (!message) throw new NotFound(`message ${id}`);
	if (message.state === 'done') return placeOf(message);
	const hash = contactHash(content.sender.address);
	// Two first messages of a person, processed at the same time, are one conversation.
	await lockKey(tx, `incoming/${message.connectionId}/${hash}`);
	const [connection] = await tx.select().from(connections).where(eq(connections.id, message.connectionId));
	if (!connection) throw new NotFound(`connection ${message.connectionId}`);
	const target = await targetOf(tx, connection, content);
	const arrived = { message, connection, content, hash };
	return target ? toCase(tx, arrived, target) : toConversation(tx, arrived);
}

const placeOf = ({ caseId, conversationId }: IncomingRow): Place =>
	caseId === null ? { conversationId: conversationId ?? 0 } : { caseId };

function storable(content: IncomingContent): IncomingContent {
	const { sender, subject, body, quoted, refusedFiles } = content;
	return {
		...content,
		sender: {
			...sender,
			name: sender.name && storableText(firstCharacters(sender.name.trim(), 120)),
			address: storableText(sender.address).trim()
		},
		subject: subject && storableText(firstCharacters(subject.replace(/\s+/g, ' ').trim(), 300)),
		body: storableText(body).trim(),
		quoted: quoted && storableText(quoted),
		refusedFiles: refusedFiles.map(({ name, reason }) => ({ name: storableText(name), reason }))
	};
}

/** A message, and the hash of its sender. */
interface Arrived {
	message: IncomingRow;
	connection: ConnectionRow;
	content: IncomingContent;
	hash: string;
}

async function toCase(tx: Tx, arrived: Arrived, { found, fromReporter, isProven }: Target) {
	const { message, hash } = arrived;
	const caseId = found.row.id;
	const known = and(
		eq(conversations.connectionId, message.connectionId),
		eq(conversations.senderHash, hash),
		eq(conversations.caseId, caseId)
	);
	const [before] = await tx.select().from(conversations).where(known).limit(1);
	const conversation = before ?? (await newConversation(tx, arrived, { state: 'case', caseId, ofReporter: isProven }));
	const content = withSubject(arrived.content, conversation);
	const lately = and(
		eq(incomingMessages.conversationId, conversation.id),
		eq(incomingMessages.caseId, caseId),
		gt(incomingMessages.receivedAt, ago(HOUR_MS))
	);
	// People write short messages in a chat, and an answer to a question always counts.
	const limited = conversation.channel === 'email' && found.row.status !== 'needs_info';
	const quiet = limited && (await tx.$count(incomingMessages, lately)) >= NOTICES_PER_HOUR;
	// A voice note stays in the conversation, where only supervisors play it.
	const files = content.files.filter((file) => !isVoice(file));
	await storeIncomingMessage(tx, found, {
		body: textOf(content.body, content.files),
		files,
		sentAt: message.sentAt,
		fromReporter,
		isProven,
		quiet,
		data: { conversation: conversation.id, ...refusedIn(content.refusedFiles) }
	});
	// The reporter's e-mail shows that the address works.
	if (fromReporter && conversation.channel === 'email') await clearAddressRefusal(tx, caseId);
	await storeContent(tx, message, content, { conversation, caseId });
	await storeFiles(tx, message.id, content.files.filter(isVoice));
	return { caseId };
}

async function toConversation(tx: Tx, arrived: Arrived): Promise<Place> {
	const { message, connection, content, hash } = arrived;
	const found = (await waitingConversation(tx, arrived)) ?? (await newConversation(tx, arrived, { state: 'waiting' }));
	await nameIn(tx, found, [content.subject, content.body].join('\n'), content.quoted ?? '');
	const said = withSubject(content, found);
	const conversation = await storeContent(tx, message, said, { conversation: found, caseId: null });
	await storeFiles(tx, message.id, content.files);
	const unit = await unitOf(conversation);
	const opens = connection.dedicated && isOpenToPublic(unit) && !(await openedEnough(tx, connection, hash));
	if (!opens) return { conversationId: conversation.id };
	const { row } = await openCaseOf(tx, conversation, unit, {}, null);
	return { caseId: row.id };
}

/** The sender's waiting conversation that the message continues, locked. An e-mail outside a thread continues none. */
async function waitingConversation(
	tx: Tx,
	{ message, connection, content: { to }, hash }: Arrived
): Promise<ConversationRow | undefined> {
	if (connection.channel === 'email' && !to) return undefined;
	const continued = and(
		eq(conversations.connectionId, message.connectionId),
		eq(conversations.senderHash, hash),
		eq(conversations.state, 'waiting'),
		to && 'conversationId' in to
			? eq(conversations.id, to.conversationId)
			: gt(conversations.lastAt, silentSince(message.sentAt))
	);
	const [found] = await tx
		.select()
		.from(conversations)
		.where(continued)
		.orderBy(desc(conversations.lastAt))
		.limit(1)
		.for('update');
	return found;
}

/** Cases of one address in an hour. A helpdesk that answers every e-mail must not flood the office. */
const OPENED_PER_HOUR = 4;

/** Whether a sender has opened as many cases as one may in an hour without a person. Further messages wait. */
async function openedEnough(tx: Tx, { id }: ConnectionRow, hash: string): Promise<boolean> {
	const lately = and(
		eq(conversations.connectionId, id),
		eq(conversations.senderHash, hash),
		eq(conversations.state, 'case'),
		isNull(conversations.decidedBy),
		gt(conversations.decidedAt, ago(HOUR_MS))
	);
	return (await tx.$count(conversations, lately)) >= OPENED_PER_HOUR;
}

async function newConversation(
	tx: Tx,
	{ message, connection, content: { sender, subject }, hash }: Arrived,
	state: Pick<ConversationRow, 'state'> & { caseId?: number; ofReporter?: boolean }
): Promise<ConversationRow> {
	return tx
		.insert(conversations)
		.values({
			connectionId: connection.id,
			unitId: connection.unitId,
			channel: connection.channel,
			senderSealed: await encryptText(JSON.stringify(sender)),
			senderHash: hash,
			senderWords: reporterMarks(contactOf(sender)),
			subject: subject || null,
			firstAt: message.sentAt,
			lastAt: message.sentAt,
			...state
		})
		.returning()
		.then(storedRow);
}

async function storeContent(
	tx: Tx,
	message: IncomingRow,
	{ body, quoted, refusedFiles }: IncomingContent,
	{ conversation, caseId }: { conversation: ConversationRow; caseId: number | null }
): Promise<ConversationRow> {
	const stored = {
		body,
		quoted: quoted || null,
		refusedFiles: [...refusedFiles],
		conversationId: conversation.id,
		caseId
	};
	await tx
		.update(incomingMessages)
		.set({ ...stored, state: 'done', reason: null })
		.where(eq(incomingMessages.id, message.id));
	const at = message.sentAt.toISOString();
	const [present] = await tx
		.update(conversations)
		.set({
			firstAt: sql`least(${conversations.firstAt}, ${at}::timestamptz)`,
			lastAt: sql`greatest(${conversations.lastAt}, ${at}::timestamptz)`
		})
		.where(eq(conversations.id, conversation.id))
		.returning();
	return present ?? conversation;
}

async function storeFiles(tx: Tx, messageId: number, files: readonly KeptFile[]): Promise<void> {
	if (files.length === 0) return;
	await tx
		.insert(incomingFiles)
		.values(
			files.map((file, index) => ({ ...file, name: file.name ?? numberedName(file.mediaType, index + 1), messageId }))
		);
}
