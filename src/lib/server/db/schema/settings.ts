import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';

/** What belongs to the installation as a whole: the key's fingerprint, the demo mark, an administrator's choices. */
export const settings = pgTable('settings', {
	key: text().primaryKey(),
	value: jsonb().notNull()
});
