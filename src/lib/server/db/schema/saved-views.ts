import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';

/** Lists of the desk that a person gave a name; nobody else sees them. */
export const savedViews = pgTable(
	'saved_views',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		name: text().notNull(),
		/** The filter as in the desk's address; an older one is read like an old bookmark. */
		query: text().notNull(),
		/** Place in the person's own order. */
		position: integer().notNull(),
		createdAt: timestamp({ withTimezone: true, mode: 'date' }).notNull()
	},
	(t) => [
		uniqueIndex('saved_views_name').on(t.accountId, t.name),
		index('saved_views_order').on(t.accountId, t.position)
	]
);
