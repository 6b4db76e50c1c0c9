import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, real, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accountId, at, caseId } from './columns.ts';

/** Which tab shows which case to whom, until when: renewed while it is shown, gone within the minute after. */
export const presences = pgTable(
	'presences',
	{
		caseId: caseId({ onDelete: 'cascade' }),
		accountId: accountId({ onDelete: 'cascade' }),
		tab: uuid().notNull(),
		until: at().notNull()
	},
	(t) => [primaryKey({ columns: [t.caseId, t.accountId, t.tab] }), index('presences_until').on(t.until)]
);

/** Lists of the desk that a person gave a name; nobody else sees them. */
export const savedViews = pgTable(
	'saved_views',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId({ onDelete: 'cascade' }),
		name: text().notNull(),
		/** The filter as in the desk's address; an older one is read like an old bookmark. */
		query: text().notNull(),
		position: integer().notNull(),
		createdAt: at().notNull()
	},
	(t) => [
		uniqueIndex('saved_views_name').on(t.accountId, t.name),
		index('saved_views_order').on(t.accountId, t.position)
	]
);

/** Files of reports that somebody asked for and a job writes; the file lies under DATA_DIR/exports and is gone after a day. */
export const caseExports = pgTable(
	'case_exports',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** Who asked, and alone may take it. */
		accountId: accountId(),
		format: text().$type<'csv' | 'xlsx'>().notNull(),
		query: text().notNull(),
		lang: text().$type<'id' | 'en'>().notNull(),
		/** cancelled: by its owner. failed: given up after several tries, or on a fault. */
		state: text().$type<'waiting' | 'running' | 'done' | 'cancelled' | 'failed'>().notNull(),
		rows: integer().notNull().default(0),
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
