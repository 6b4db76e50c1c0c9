import { bigint, integer, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';

type OnDelete = Parameters<ReturnType<typeof uuid>['references']>[1];

/** A moment, in UTC. */
export const at = () => timestamp({ withTimezone: true, mode: 'date' });

// Required references to tables that most other tables reference.
export const accountId = (rule?: OnDelete) =>
	uuid()
		.notNull()
		.references(() => accounts.id, rule);
export const caseId = (rule?: OnDelete) =>
	bigint({ mode: 'number' })
		.notNull()
		.references(() => cases.id, rule);

/** Columns of a message that leaves the site by numbered attempts (`channels/outbox.ts`). */
export const attemptColumns = () => ({
	/** waiting | sending | sent | unknown | failed | withdrawn (not wanted any more); by WhatsApp also delivered | read */
	state: text().notNull(),
	attempts: integer().notNull().default(0),
	nextAttemptAt: at(),
	leaseUntil: at(),
	/** Why the last attempt failed: a code, or the mail server's words without a reporter's address. */
	reason: text(),
	createdAt: at().notNull(),
	/** Start of the two days of attempts: when it was written, or when a person chose to send it again. */
	waitsFrom: at().notNull(),
	sentAt: at(),
	/** Who decided to leave a failed or unknown message as it is, and when; null if undecided. */
	decidedBy: uuid().references(() => accounts.id),
	decidedAt: at()
});
