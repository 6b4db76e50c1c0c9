import type { Locale } from '#lib/paraglide/runtime.js';
import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, real, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { conversations } from './channels.ts';
import { accountId, at } from './columns.ts';

/**
 * One row per browser tab that shows a case or a conversation. The tab renews its row while the page is open. Other
 * rows expire within a minute.
 */
export const presences = pgTable(
	'presences',
	{
		caseId: bigint({ mode: 'number' }).references(() => cases.id, { onDelete: 'cascade' }),
		conversationId: bigint({ mode: 'number' }).references(() => conversations.id, { onDelete: 'cascade' }),
		accountId: accountId({ onDelete: 'cascade' }),
		tab: uuid().notNull(),
		until: at().notNull()
	},
	(t) => [
		unique('presences_page').on(t.caseId, t.conversationId, t.accountId, t.tab).nullsNotDistinct(),
		index('presences_until').on(t.until)
	]
);

/** Named lists of the desk. Only the person who saved them sees them. */
export const savedViews = pgTable(
	'saved_views',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId({ onDelete: 'cascade' }),
		name: text().notNull(),
		/** Query string of the desk's list. The desk ignores unknown parameters, as in an old bookmark. */
		query: text().notNull(),
		position: integer().notNull(),
		createdAt: at().notNull()
	},
	(t) => [
		uniqueIndex('saved_views_name').on(t.accountId, t.name),
		index('saved_views_order').on(t.accountId, t.position)
	]
);

/** Requested exports of cases, which a job writes. The file is in DATA_DIR/exports and is deleted after a day. */
export const caseExports = pgTable(
	'case_exports',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** The account that requested the export. Only this account can download it. */
		accountId: accountId(),
		format: text().$type<'csv' | 'xlsx'>().notNull(),
		query: text().notNull(),
		lang: text().$type<Locale>().notNull(),
		/** cancelled: by its owner. failed: after several attempts, or after a fault. closed: its owner's access changed. */
		state: text().$type<'waiting' | 'running' | 'done' | 'cancelled' | 'failed' | 'closed'>().notNull(),
		rows: integer().notNull().default(0),
		progress: real().notNull().default(0),
		bytes: bigint({ mode: 'number' }),
		/** Ids of the cases in the finished file. The owner can download it only while they may see all of them. */
		caseIds: bigint({ mode: 'number' }).array(),
		/** Hash of the owner's units and officer when the file was written. If they change, the file is deleted. */
		access: text(),
		attempts: integer().notNull().default(0),
		/** The worker that writes the file renews this lease. After it expires, another worker takes the row. */
		leaseUntil: at(),
		createdAt: at().notNull(),
		endedAt: at()
	},
	(t) => [
		index('case_exports_account').on(t.accountId, t.createdAt),
		index('case_exports_created').on(t.createdAt),
		/** One open export per account. */
		uniqueIndex('case_exports_one_open')
			.on(t.accountId)
			.where(sql`state in ('waiting', 'running')`)
	]
);
