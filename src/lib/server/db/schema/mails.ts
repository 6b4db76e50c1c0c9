import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { DateLocale } from '#lib/calendar/format.ts';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { accountId, at, caseId } from './columns.ts';
import { unitId, units } from './units.ts';

/** Letters owed to people, written in the transaction of what they tell of. The row is the only clock of its tries. */
export const mails = pgTable(
	'mails',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** What the letter is: `MailKind` of `channels/mail-queue.ts`. */
		kind: text().notNull(),
		/** One letter per occasion and person: a second one of the same key isn't written. */
		onceKey: text().notNull().unique(),
		accountId: uuid().references(() => accounts.id),
		/** Null: the reporter's, which lies sealed in the case and nowhere else. */
		address: text(),
		caseId: bigint({ mode: 'number' }).references(() => cases.id, { onDelete: 'cascade' }),
		/** Whose administrators answer for it: the case's office, or the reader's own. Null: those of the root. */
		unitId: uuid().references(() => units.id),
		subject: text().notNull(),
		body: text().notNull(),
		/** waiting | sending | sent | unknown | failed | withdrawn: the reader wanted no more before it left */
		state: text().notNull(),
		attempts: integer().notNull().default(0),
		nextAttemptAt: at(),
		leaseUntil: at(),
		/** Why the last try ended as it did, in the mail server's words; never with a reporter's address. */
		reason: text(),
		createdAt: at().notNull(),
		/** From when it may wait for two days: its writing, or a person's decision to send it again. */
		waitsFrom: at(),
		sentAt: at(),
		/** Who decided to leave one that failed or is unknown as it is, and when; null: nobody has yet. */
		decidedBy: uuid().references(() => accounts.id),
		decidedAt: at()
	},
	(t) => [
		index('mails_due')
			.on(t.nextAttemptAt)
			.where(sql`state in ('waiting', 'sending')`),
		index('mails_created').on(t.createdAt),
		// The outbox's lists, newest first, of a whole installation and of one office.
		index('mails_state').on(t.state, t.createdAt, t.id),
		index('mails_unit').on(t.unitId, t.state, t.createdAt, t.id),
		index('mails_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		index('mails_undecided')
			.on(t.state, t.unitId)
			.where(sql`state in ('failed', 'unknown') and decided_at is null`)
	]
);

/** E-mail preference of a case's reporter; only if an address was given. The address is in the case, encrypted. */
export const reporterMail = pgTable('reporter_mail', {
	caseId: caseId({ onDelete: 'cascade' }).primaryKey(),
	language: text().$type<DateLocale>().notNull(),
	/** Keyed hash of an address that wants no e-mails at all. */
	addressHash: text().notNull(),
	/** Hash of the token in the unsubscribe link of each e-mail. */
	stopHash: text().notNull().unique(),
	/** Since when the reporter wants none of this case. */
	stoppedAt: at(),
	/** Since when the mail server knows no such address: nothing more is written to it. */
	refusedAt: at()
});

/** Addresses whose owner wants no letters from this site, of whichever case. */
export const mailStops = pgTable('mail_stops', {
	addressHash: text().primaryKey(),
	at: at().notNull()
});

/** Kinds of notices that a person reads at the desk only, because they turned their letters off. */
export const mailChoices = pgTable(
	'mail_choices',
	{
		accountId: accountId(),
		kind: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.accountId, t.kind] })]
);

/** An office's own last line in letters to its reporters, per language; where it has none, that of the office above. */
export const mailClosings = pgTable(
	'mail_closings',
	{
		unitId: unitId(),
		language: text().$type<DateLocale>().notNull(),
		body: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.language] })]
);
