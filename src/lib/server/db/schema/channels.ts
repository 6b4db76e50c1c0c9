import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { Locale } from '#lib/paraglide/runtime.js';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { accountId, at, attemptColumns } from './columns.ts';
import { unitId } from './units.ts';

const optionalCase = (onDelete: 'cascade' | 'set null') =>
	bigint({ mode: 'number' }).references(() => cases.id, { onDelete });

/** A mailbox, WhatsApp number or SMS gateway of an office. */
export const connections = pgTable(
	'connections',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		channel: text().$type<'email' | 'whatsapp' | 'sms'>().notNull(),
		/** The e-mail address or number that people write to. */
		address: text().notNull(),
		/** What is not secret; its shape depends on the channel. */
		settings: jsonb().$type<Record<string, unknown>>().notNull(),
		/** Passwords and tokens as JSON, encrypted under APP_KEY. */
		secretsSealed: text().notNull(),
		/** True: only complaints come here, so a message opens a case without a person. */
		dedicated: boolean().notNull().default(false),
		pausedAt: at(),
		/**
		 * How far a mailbox has been read: its UIDVALIDITY and the last UID. After it moved to another server, messages with
		 * a lower UID than `rescanBelow` may be known. `since`: when it was first read.
		 */
		position: jsonb().$type<{ uidValidity: string; lastUid: number; rescanBelow?: number; since?: string }>(),
		/** When the connection last worked. */
		checkedAt: at(),
		lastMessageAt: at(),
		/** The code or words of the last error; null after the connection worked again. */
		lastError: text(),
		/** Time of the first error since the connection last worked. */
		lastErrorAt: at(),
		/** The process that reads the mailbox, until `readUntil`: two never read one mailbox at once. */
		readBy: uuid(),
		readUntil: at(),
		createdAt: at().notNull(),
		/** An administrator removed it. Its messages and conversations stay; its secrets are gone. */
		removedAt: at()
	},
	(t) => [
		uniqueIndex('connections_unit')
			.on(t.unitId, t.channel)
			.where(sql`removed_at is null`)
	]
);

/**
 * What one person wrote to an office: an e-mail thread, or the messages of a number until something was decided about
 * them. One entry of the list "Pesan masuk".
 */
export const conversations = pgTable(
	'conversations',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		connectionId: uuid()
			.notNull()
			.references(() => connections.id),
		unitId: unitId(),
		channel: text().$type<'email' | 'whatsapp' | 'sms'>().notNull(),
		/** Name and address or number of the sender as encrypted JSON. */
		senderSealed: text().notNull(),
		/** Keyed hash of the address, number or user id. */
		senderHash: text().notNull(),
		/** Keyed hashes for the search, as `cases.reporter_words`. */
		senderWords: text().array(),
		/** Officers whose names are in the messages. Their accounts see nothing of it. */
		named: uuid().array().notNull().default([]),
		/** The sender's own words name the head of the office, so supervisors of the office above read it. */
		aboutHead: boolean().notNull().default(false),
		subject: text(),
		/**
		 * waiting: a person decides · case: it became a report or joined one · referred: to another service ·
		 * dismissed: not a report
		 */
		state: text().$type<'waiting' | 'case' | 'referred' | 'dismissed'>().notNull(),
		caseId: optionalCase('set null'),
		/** False: somebody else wrote it into the case. They get no notice of the case and change nothing in it. */
		ofReporter: boolean().notNull().default(true),
		/** Answers that the person gave to the menus of WhatsApp, until "Kirim" is pressed. */
		draft: jsonb().$type<Record<string, unknown>>(),
		firstAt: at().notNull(),
		lastAt: at().notNull(),
		/** When the site notified the supervisors that a decision about this conversation is due. */
		alarmedAt: at(),
		decidedBy: uuid().references(() => accounts.id),
		/** Null in state `case`: it did not wait, because its thread belongs to the case. */
		decidedAt: at(),
		/** Code of the reason of `dismissed`. */
		reason: text()
	},
	(t) => [
		index('conversations_list').on(t.unitId, t.state, t.firstAt, t.id),
		index('conversations_sender').on(t.connectionId, t.senderHash, t.lastAt),
		index('conversations_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		index('conversations_alarm')
			.on(t.firstAt)
			.where(sql`state = 'waiting' and alarmed_at is null`)
	]
);

/** Every message that a channel delivered. The row is written before the message is processed, so that none is lost. */
export const incomingMessages = pgTable(
	'incoming_messages',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		connectionId: uuid()
			.notNull()
			.references(() => connections.id),
		unitId: unitId(),
		/** A message is stored once: SHA-256 of mailbox, Message-ID, Date and body of an e-mail, else a key (`hashMessageId`). */
		onceKey: text().notNull().unique(),
		/** Message-ID of an e-mail, which replies name. Null for other channels. */
		externalId: text(),
		conversationId: bigint({ mode: 'number' }).references(() => conversations.id),
		/** The case to which it was added. Null if it waits, or its conversation opened the case. */
		caseId: optionalCase('set null'),
		/**
		 * stored: not yet processed · done · machine: written by a program, changes nothing · failed: a person has to look
		 */
		state: text().$type<'stored' | 'done' | 'machine' | 'failed'>().notNull(),
		/** Code of the reason of `machine` and `failed`. */
		reason: text(),
		/** Where to fetch the message again, or what processing needs: the UID of an e-mail, the event of a webhook. */
		source: jsonb().$type<Record<string, unknown>>(),
		/** text, image, document, audio, video, location, contacts, sticker, interactive, reaction, system, unsupported */
		kind: text().notNull().default('text'),
		body: text().notNull().default(''),
		/** Quoted history and signature, shown folded. */
		quoted: text(),
		/** Names and reasons of files that were refused. */
		refusedFiles: jsonb().$type<{ name: string; reason: string }[]>().notNull().default([]),
		bytes: integer().notNull(),
		/** The message's own time. */
		sentAt: at().notNull(),
		receivedAt: at().notNull(),
		attempts: integer().notNull().default(0)
	},
	(t) => [
		index('incoming_messages_conversation').on(t.conversationId, t.sentAt),
		index('incoming_messages_external').on(t.externalId),
		index('incoming_messages_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		index('incoming_messages_open')
			.on(t.receivedAt)
			.where(sql`state in ('stored', 'failed')`),
		index('incoming_messages_machine')
			.on(t.unitId, t.receivedAt)
			.where(sql`state = 'machine'`)
	]
);

/** Cleaned files of messages that are not part of a case. Their bytes are in the file store under the same id. */
export const incomingFiles = pgTable(
	'incoming_files',
	{
		id: uuid().primaryKey(),
		messageId: bigint({ mode: 'number' })
			.notNull()
			.references(() => incomingMessages.id, { onDelete: 'cascade' }),
		name: text().notNull(),
		mediaType: text().notNull(),
		bytes: integer().notNull(),
		width: integer(),
		height: integer(),
		sha256: text().notNull(),
		text: text(),
		forwardBytes: integer(),
		originalSha256: text(),
		/** Words of a voice note, written down by a person. Before that only supervisors play it. */
		transcript: text()
	},
	(t) => [index('incoming_files_message').on(t.messageId)]
);

/** Messages to send by WhatsApp and SMS, written in the commit of the event they report, as e-mails are in `mails`. */
export const outgoingMessages = pgTable(
	'outgoing_messages',
	{
		id: uuid().primaryKey().defaultRandom(),
		connectionId: uuid()
			.notNull()
			.references(() => connections.id),
		conversationId: bigint({ mode: 'number' }).references(() => conversations.id),
		caseId: optionalCase('cascade'),
		/** One message per occasion and person. A second row with the same key is not written. */
		onceKey: text().notNull().unique(),
		/** What is sent, in the shape of the channel: text, list, template. */
		content: jsonb().$type<Record<string, unknown>>().notNull(),
		/** The key (`hashMessageId`) of the id that the channel gave; statuses name the id. */
		externalId: text(),
		...attemptColumns()
	},
	(t) => [
		index('outgoing_messages_due')
			.on(t.nextAttemptAt)
			.where(sql`state in ('waiting', 'sending')`),
		index('outgoing_messages_connection').on(t.connectionId, t.createdAt),
		index('outgoing_messages_undecided')
			.on(t.connectionId)
			.where(sql`state in ('failed', 'unknown') and decided_at is null`),
		index('outgoing_messages_external').on(t.externalId),
		index('outgoing_messages_conversation').on(t.conversationId, t.createdAt),
		index('outgoing_messages_case')
			.on(t.caseId)
			.where(sql`case_id is not null`)
	]
);

/** Browsers that get push messages: of a staff member, or of a reporter for one case. */
export const pushSubscriptions = pgTable(
	'push_subscriptions',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: uuid().references(() => accounts.id, { onDelete: 'cascade' }),
		caseId: optionalCase('cascade'),
		/** Address of the browser at its push service and its keys, as encrypted JSON. */
		subscriptionSealed: text().notNull(),
		/** Keyed hash of the address: a browser is stored once per account and case. */
		endpointHash: text().notNull(),
		/** The staff member's own name of the device. */
		device: text(),
		language: text().$type<Locale>().notNull(),
		createdAt: at().notNull(),
		lastSentAt: at()
	},
	(t) => [
		uniqueIndex('push_subscriptions_account')
			.on(t.accountId, t.endpointHash)
			.where(sql`account_id is not null`),
		uniqueIndex('push_subscriptions_case')
			.on(t.caseId, t.endpointHash)
			.where(sql`case_id is not null`)
	]
);

/**
 * Push messages to send, and those of the last day, so that none is written twice. An attempt whose outcome is lost is
 * repeated, because a browser shows one per tag.
 */
export const pushMessages = pgTable(
	'push_messages',
	{
		id: uuid().primaryKey().defaultRandom(),
		subscriptionId: uuid()
			.notNull()
			.references(() => pushSubscriptions.id, { onDelete: 'cascade' }),
		/** One message per occasion and subscription. */
		onceKey: text().notNull().unique(),
		/** The kind, from which the neutral sentence is made. */
		kind: text().notNull(),
		attempts: integer().notNull().default(0),
		/** When it is sent or tried again: after quiet hours at the earliest. Null: done. */
		nextAttemptAt: at(),
		/** Then the row is deleted, whether it was sent or not. */
		expiresAt: at().notNull()
	},
	(t) => [index('push_messages_due').on(t.nextAttemptAt), index('push_messages_expired').on(t.expiresAt)]
);

/** When a person's devices stay quiet, in local time. Without a row, the default. */
export const quietHours = pgTable('quiet_hours', {
	accountId: accountId({ onDelete: 'cascade' }).primaryKey(),
	/** HH:MM. Equal times: never quiet. */
	begins: text().notNull(),
	ends: text().notNull()
});
