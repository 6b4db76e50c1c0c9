import { bigint, boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at } from './columns.ts';

/** Every requested backup with its progress and outcome. */
export const backups = pgTable(
	'backups',
	{
		id: uuid().primaryKey().defaultRandom(),
		occasion: text().$type<'schedule' | 'person' | 'command'>().notNull(),
		accountId: uuid().references(() => accounts.id),
		state: text().$type<'waiting' | 'running' | 'done' | 'failed'>().notNull(),
		askedAt: at().notNull(),
		/**
		 * When the process last renewed the row. A backup that is not renewed for ten minutes has died with its process.
		 */
		seenAt: at().notNull(),
		endedAt: at(),
		stage: text().$type<'database' | 'files' | 'checking'>(),
		stageBytes: bigint({ mode: 'number' }).notNull().default(0),
		/** The backup contains everything that was acknowledged before this moment. */
		moment: at(),
		fileName: text().unique(),
		bytes: bigint({ mode: 'number' }),
		encrypted: boolean().notNull().default(false),
		/** When the archive was read back to its end without an error. */
		verifiedAt: at(),
		rows: bigint({ mode: 'number' }),
		files: integer(),
		/** Number of attachments whose file was missing or altered on the disk. */
		lost: integer(),
		/** Why it failed: a code of `backup/fault.ts`. */
		fault: text(),
		removedAt: at()
	},
	(t) => [index('backups_asked').on(t.askedAt), index('backups_occasion').on(t.occasion, t.askedAt)]
);
