import { bigint, index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { officers } from './units.ts';

/**
 * Questions to officers whom a case names. The officer reads the question alone: it stands by itself, written for them,
 * and neither its page nor its queries touch the case.
 */
export const clarifications = pgTable(
	'clarifications',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: bigint({ mode: 'number' })
			.notNull()
			.references(() => cases.id),
		officerId: uuid()
			.notNull()
			.references(() => officers.id),
		question: text().notNull(),
		askedBy: uuid().references(() => accounts.id),
		askedAt: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
		state: text().$type<'open' | 'answered' | 'withdrawn'>().notNull().default('open'),
		answer: text(),
		answeredAt: timestamp({ withTimezone: true, mode: 'date' })
	},
	(t) => [
		index('clarifications_case').on(t.caseId, t.askedAt),
		index('clarifications_officer').on(t.officerId, t.askedAt),
		/** One question at a time: its answer is read before the next is asked. */
		uniqueIndex('clarifications_one_open')
			.on(t.caseId, t.officerId)
			.where(sql`state = 'open'`)
	]
);
