import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { accountId, at, caseId } from './columns.ts';

/** Notices at the desk: one row per person and occasion, written in the commit of the event. */
export const notices = pgTable(
	'notices',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId(),
		/** What happened: `NoticeKind` of `lib/words/notices.ts`. */
		kind: text().notNull(),
		caseId: bigint({ mode: 'number' }).references(() => cases.id),
		/** Values for the text: a clock's name, a date, who acted. Never text of the report. */
		data: jsonb().$type<Record<string, unknown>>().notNull().default({}),
		/** Path of the page that the notice leads to. */
		page: text().notNull(),
		/** One notice per occasion and person. A second row with the same key is not written. */
		onceKey: text().notNull().unique(),
		at: at().notNull(),
		readAt: at()
	},
	(t) => [
		index('notices_list').on(t.accountId, t.at, t.id),
		// The newest notice of a case is listed with the earlier ones.
		index('notices_of_case').on(t.accountId, t.caseId, t.at, t.id),
		index('notices_unread')
			.on(t.accountId)
			.where(sql`read_at is null`),
		index('notices_case')
			.on(t.caseId)
			.where(sql`case_id is not null`),
		index('notices_age').on(t.at),
		// For the sweeps of each minute: notices whose state has not ended, and notices whose task is not done.
		index('notices_running')
			.on(t.kind)
			.where(sql`kind in ('site_trouble', 'office_without_readers', 'case_unattended') and data ->> 'ended' is null`),
		index('notices_recovered')
			.on(t.at)
			.where(sql`kind = 'site_recovered'`),
		index('notices_tasks')
			.on(t.kind)
			.where(sql`kind in ('decree_missing', 'recap_due', 'recap_overdue') and read_at is null`)
	]
);

/** Notices about a case that are due at a time. The row is deleted when they are written or no longer needed. */
export const dueNotices = pgTable(
	'due_notices',
	{
		caseId: caseId(),
		kind: text().$type<'new_case' | 'unverified'>().notNull(),
		at: at().notNull()
	},
	(t) => [primaryKey({ columns: [t.caseId, t.kind] }), index('due_notices_at').on(t.at)]
);
