import { bigint, index, pgTable, primaryKey, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';

/** Which tab shows which case to whom, until when: renewed while it is shown, gone within the minute after. */
export const presences = pgTable(
	'presences',
	{
		caseId: bigint({ mode: 'number' })
			.notNull()
			.references(() => cases.id, { onDelete: 'cascade' }),
		accountId: uuid()
			.notNull()
			.references(() => accounts.id, { onDelete: 'cascade' }),
		tab: uuid().notNull(),
		until: timestamp({ withTimezone: true, mode: 'date' }).notNull()
	},
	(t) => [primaryKey({ columns: [t.caseId, t.accountId, t.tab] }), index('presences_until').on(t.until)]
);
