import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** When a job of every minute last completed, which shows that jobs run in some process. */
export const heartbeats = pgTable('heartbeats', {
	job: text().primaryKey(),
	at: timestamp({ withTimezone: true }).notNull()
});

/** Values of the whole installation: the key's fingerprint, the demo mark, an administrator's choices. */
export const settings = pgTable('settings', {
	key: text().primaryKey(),
	value: jsonb().notNull()
});
