import { bigint, boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at } from './columns.ts';

/** Every backup that was begun, how far it is and how it ended. */
export const backups = pgTable(
	'backups',
	{
		id: uuid().primaryKey().defaultRandom(),
		occasion: text().$type<'schedule' | 'person' | 'command'>().notNull(),
		accountId: uuid().references(() => accounts.id),
		state: text().$type<'waiting' | 'running' | 'done' | 'failed'>().notNull(),
		askedAt: at().notNull(),
		/** Last sign of life; one that gives none for long has died with its process. */
		seenAt: at().notNull(),
		endedAt: at(),
		stage: text().$type<'database' | 'files' | 'checking'>(),
		stageBytes: bigint({ mode: 'number' }).notNull().default(0),
		/** Everything acknowledged before this moment is in it. */
		moment: at(),
		fileName: text().unique(),
		bytes: bigint({ mode: 'number' }),
		encrypted: boolean().notNull().default(false),
		/** When it was read back to the end and found whole. */
		verifiedAt: at(),
		rows: bigint({ mode: 'number' }),
		files: integer(),
		/** Attachments whose file was missing or another one on the disk. */
		lost: integer(),
		/** Why it failed: a code of `backup/fault.ts`. */
		fault: text(),
		removedAt: at()
	},
	(t) => [index('backups_asked').on(t.askedAt), index('backups_occasion').on(t.occasion, t.askedAt)]
);
