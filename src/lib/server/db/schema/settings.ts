import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';

/**
 * How far repeated jobs have come: the day of an office's last digest, the last head of the log that was sent, the last
 * read of LAPOR's lists, the last heartbeat. They are not settings, because each change of a setting makes every process
 * reload the reference data.
 */
export const jobProgress = pgTable('job_progress', {
	key: text().primaryKey(),
	value: jsonb().notNull()
});

/** Values of the whole installation: the key's fingerprint, the demo mark, an administrator's choices. */
export const settings = pgTable('settings', {
	key: text().primaryKey(),
	value: jsonb().notNull()
});
