import { sql } from 'drizzle-orm';
import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at, caseId } from './columns.ts';
import { officerId } from './units.ts';

/**
 * Questions to officers whom a case names. The officer reads only the question, which is written for them. Neither its
 * page nor its queries read the case.
 */
export const clarifications = pgTable(
	'clarifications',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId(),
		officerId: officerId(),
		question: text().notNull(),
		askedBy: uuid().references(() => accounts.id),
		askedAt: at().notNull(),
		state: text().$type<'open' | 'answered' | 'withdrawn'>().notNull().default('open'),
		answer: text(),
		answeredAt: at()
	},
	(t) => [
		index('clarifications_case').on(t.caseId, t.askedAt),
		index('clarifications_officer').on(t.officerId, t.askedAt),
		/** One open question per case and officer. */
		uniqueIndex('clarifications_one_open')
			.on(t.caseId, t.officerId)
			.where(sql`state = 'open'`)
	]
);
