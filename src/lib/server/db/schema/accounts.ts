import { boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { AfterAction } from '#lib/cases/vocabulary.ts';

/** People who sign in, and people for whom API tokens act. */
export const accounts = pgTable('accounts', {
	id: uuid().primaryKey().defaultRandom(),
	username: text().notNull().unique(),
	name: text().notNull(),
	email: text(),
	/**
	 * The address that the owner is known to read: a link sent to it was used, or a supervisor or the operator entered it.
	 * An address entered by an administrator does not count, because it could be the administrator's own.
	 */
	provenEmail: text(),
	passwordHash: text(),
	active: boolean().notNull().default(true),
	/** Counts up when the owner's device marks are revoked. Marks of an earlier generation are invalid. */
	markGeneration: integer().notNull().default(0),
	/** When somebody last signed in or used a session; at most an hour old while the account is used. */
	usedAt: timestamp({ withTimezone: true }),
	/** What the desk opens after an action: the person's next piece of work, their list, or the same case again. */
	afterAction: text().$type<AfterAction>().notNull().default('next'),
	createdAt: timestamp({ withTimezone: true }).notNull().defaultNow()
});
