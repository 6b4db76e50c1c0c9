import { boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** People who sign in, and those for whom API tokens act. */
export const accounts = pgTable('accounts', {
	id: uuid().primaryKey().defaultRandom(),
	username: text().notNull().unique(),
	name: text().notNull(),
	email: text(),
	passwordHash: text(),
	active: boolean().notNull().default(true),
	/** Grows when the marks of devices on which the owner signed in are revoked; older marks count no more. */
	markGeneration: integer().notNull().default(0),
	createdAt: timestamp({ withTimezone: true }).notNull().defaultNow()
});
