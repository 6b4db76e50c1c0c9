import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, real, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';

const at = () => timestamp({ withTimezone: true, mode: 'date' });

/** Files of reports that somebody asked for and a job writes; the file lies under DATA_DIR/exports and is gone after a day. */
export const caseExports = pgTable(
	'case_exports',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** Who asked, and alone may take it. */
		accountId: uuid()
			.notNull()
			.references(() => accounts.id),
		format: text().$type<'csv' | 'xlsx'>().notNull(),
		/** The list as its address narrows it. */
		query: text().notNull(),
		lang: text().$type<'id' | 'en'>().notNull(),
		/** cancelled: by its owner. failed: given up after several tries, or on a fault. */
		state: text().$type<'waiting' | 'running' | 'done' | 'cancelled' | 'failed'>().notNull(),
		rows: integer().notNull().default(0),
		/** Progress from 0 to 1. */
		progress: real().notNull().default(0),
		bytes: bigint({ mode: 'number' }),
		attempts: integer().notNull().default(0),
		/** While a worker holds it; one that dies lets go of it by doing nothing. */
		leaseUntil: at(),
		createdAt: at().notNull(),
		endedAt: at()
	},
	(t) => [
		index('case_exports_account').on(t.accountId, t.createdAt),
		index('case_exports_created').on(t.createdAt),
		/** One at a time for each person. */
		uniqueIndex('case_exports_one_open')
			.on(t.accountId)
			.where(sql`state in ('waiting', 'running')`)
	]
);
