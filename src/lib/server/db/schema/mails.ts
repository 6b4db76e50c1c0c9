import { sql } from 'drizzle-orm';
import { bigint, boolean, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { Locale } from '#lib/paraglide/runtime.js';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { conversations } from './channels.ts';
import { accountId, at, attemptColumns, caseId } from './columns.ts';
import { unitId, units } from './units.ts';

/**
 * E-mails to send, written in the transaction of the event they report. All times of delivery attempts are in the row.
 */
export const mails = pgTable(
	'mails',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** The kind of e-mail: `MailKind` of `channels/mail-queue.ts`. */
		kind: text().notNull(),
		/** One e-mail per occasion and person. A second row with the same key is not written. */
		onceKey: text().notNull().unique(),
		accountId: uuid().references(() => accounts.id),
		/** Null if the recipient is the reporter, whose address is only in the case. A reporter's former one is encrypted. */
		address: text(),
		caseId: bigint({ mode: 'number' }).references(() => cases.id, { onDelete: 'cascade' }),
		/** The person to whom it goes wrote by e-mail: the address is only in the conversation, encrypted. */
		conversationId: bigint({ mode: 'number' }).references(() => conversations.id, { onDelete: 'cascade' }),
		/**
		 * The unit whose administrators are responsible for failures: the case's office, or the recipient's own. Null:
		 * the root.
		 */
		unitId: uuid().references(() => units.id),
		subject: text().notNull(),
		body: text().notNull(),
		...attemptColumns()
	},
	(t) => [
		index('mails_due')
			.on(t.nextAttemptAt)
			.where(sql`state in ('waiting', 'sending')`),
		index('mails_created').on(t.createdAt),
		// For the outbox's lists, newest first, of the whole installation and of one office.
		index('mails_state').on(t.state, t.createdAt, t.id),
		index('mails_unit').on(t.unitId, t.state, t.createdAt, t.id),
		index('mails_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		index('mails_conversation')
			.on(t.conversationId)
			.where(sql`conversation_id is not null`),
		index('mails_undecided')
			.on(t.state, t.unitId)
			.where(sql`state in ('failed', 'unknown') and decided_at is null`),
		// For a person's newest test e-mail.
		index('mails_test')
			.on(t.accountId, t.createdAt)
			.where(sql`kind = 'test'`)
	]
);

/** E-mail preference of a case's reporter; only if an address was given. The address is in the case, encrypted. */
export const reporterMail = pgTable('reporter_mail', {
	caseId: caseId({ onDelete: 'cascade' }).primaryKey(),
	language: text().$type<Locale>().notNull(),
	/** Keyed hash of an address that wants no e-mails at all. */
	addressHash: text().notNull(),
	/** Hash of the token in the unsubscribe link of each e-mail. */
	stopHash: text().notNull().unique(),
	/** Since when the reporter has unsubscribed from this case's e-mails. */
	stoppedAt: at(),
	/** The link in an e-mail stopped them, so only such a link allows them again. */
	stoppedByOwner: boolean().notNull().default(false),
	/** When the mail server refused the address as unknown. No e-mails are sent to it since. */
	refusedAt: at()
});

/** Addresses whose owner has unsubscribed from all e-mails of this site. */
export const mailStops = pgTable('mail_stops', {
	addressHash: text().primaryKey(),
	at: at().notNull()
});

/** Kinds of notices for which a person has turned e-mails or push messages off. */
export const noticeChoices = pgTable(
	'notice_choices',
	{
		accountId: accountId(),
		kind: text().notNull(),
		by: text().$type<'email' | 'push'>().notNull()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.kind, t.by] })]
);

/**
 * An office's own closing line in e-mails to its reporters, per language. Without one, the line of the office above is
 * used.
 */
export const mailClosings = pgTable(
	'mail_closings',
	{
		unitId: unitId(),
		language: text().$type<Locale>().notNull(),
		body: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.language] })]
);
