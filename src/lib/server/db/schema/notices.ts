import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { cases } from './cases.ts';
import { accountId, at } from './columns.ts';

/** Notices at the desk: one row per person and occasion, written in the commit of the event. */
export const notices = pgTable(
	'notices',
	{
		id: uuid().primaryKey().defaultRandom(),
		accountId: accountId(),
		/** What happened: `NoticeKind` of `channels/notices.ts`. */
		kind: text().notNull(),
		caseId: bigint({ mode: 'number' }).references(() => cases.id),
		/** What the words need beside the case: a clock's name, a date, who did it. Never a word of the report. */
		data: jsonb().$type<Record<string, unknown>>().notNull().default({}),
		/** One notice per occasion and person: a second one of the same key isn't written. */
		onceKey: text().notNull().unique(),
		at: at().notNull(),
		readAt: at()
	},
	(t) => [
		index('notices_list').on(t.accountId, t.at, t.id),
		index('notices_unread')
			.on(t.accountId)
			.where(sql`read_at is null`),
		index('notices_case')
			.on(t.caseId)
			.where(sql`read_at is null`),
		index('notices_age').on(t.at)
	]
);
