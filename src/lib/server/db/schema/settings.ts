import { jsonb, pgTable, text } from 'drizzle-orm/pg-core';

/** Values of the whole installation: the key's fingerprint, the demo mark, an administrator's choices. */
export const settings = pgTable('settings', {
	key: text().primaryKey(),
	value: jsonb().notNull()
});
