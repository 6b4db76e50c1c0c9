import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { units } from './units.ts';

const at = () => timestamp({ withTimezone: true, mode: 'date' });

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
		/** The case a letter speaks of, where it is one. */
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
		/** What somebody has to look at. */
		index('mails_undecided')
			.on(t.state, t.unitId)
			.where(sql`state in ('failed', 'unknown') and decided_at is null`)
	]
);
