import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { LetterTo } from '#lib/privacy/breach.ts';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { at } from './columns.ts';
import { officers, unitId } from './units.ts';

const breachId = () =>
	uuid()
		.notNull()
		.references(() => breaches.id);

/** The breach book: failures to protect personal data. Numbers are per office and year, without gaps. */
export const breaches = pgTable(
	'breaches',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		year: integer().notNull(),
		number: integer().notNull(),
		title: text().notNull(),
		what: text().notNull(),
		/** When it began and ended, as far as known. */
		fromAt: at(),
		toAt: at(),
		/** Since when the office knows of it. The time limit starts here. */
		knownAt: at().notNull(),
		foundBy: text().notNull(),
		dataKinds: text().notNull(),
		causes: text(),
		measures: text(),
		/** The time limit in hours and its legal basis, as they were when the breach was recorded. */
		hours: integer().notNull(),
		basis: text().notNull(),
		state: text().$type<'open' | 'closed'>().notNull().default('open'),
		version: integer().notNull().default(1),
		createdAt: at().notNull()
	},
	(t) => [uniqueIndex('breaches_number').on(t.unitId, t.year, t.number), index('breaches_list').on(t.knownAt, t.id)]
);

/** Who is affected: a reporter by the case, an account, an officer, or a person in words. Never a person who rated. */
export const breachSubjects = pgTable(
	'breach_subjects',
	{
		id: uuid().primaryKey().defaultRandom(),
		breachId: breachId(),
		caseId: bigint({ mode: 'number' }).references(() => cases.id),
		accountId: uuid().references(() => accounts.id),
		officerId: uuid().references(() => officers.id),
		described: text(),
		addedAt: at().notNull(),
		toldAt: at(),
		/** `email`, `page` (the tracking page), `desk` (a notice to the account), or a person's words. */
		toldHow: text(),
		/** When the reporter first opened the tracking page with the notice. */
		seenAt: at()
	},
	(t) => [
		uniqueIndex('breach_subjects_case').on(t.caseId, t.breachId),
		uniqueIndex('breach_subjects_account').on(t.breachId, t.accountId),
		uniqueIndex('breach_subjects_officer').on(t.breachId, t.officerId),
		uniqueIndex('breach_subjects_described').on(t.breachId, t.described),
		index('breach_subjects_list').on(t.breachId, t.addedAt, t.id),
		index('breach_subjects_untold')
			.on(t.breachId, t.id)
			.where(sql`told_at is null`),
		check('breach_subjects_one', sql`num_nonnulls(${t.caseId}, ${t.accountId}, ${t.officerId}, ${t.described}) = 1`)
	]
);

/** Letters that somebody edited or sent. Until then the page shows a draft made from the facts. */
export const breachLetters = pgTable(
	'breach_letters',
	{
		breachId: breachId(),
		to: text().$type<LetterTo>().notNull(),
		/** Name and address. */
		addressee: text().notNull(),
		body: text().notNull(),
		version: integer().notNull(),
		/** When a person sent it, or published it if it is the notice to the people. The text is then final. */
		sentAt: at(),
		sentHow: text(),
		sentBy: uuid().references(() => accounts.id)
	},
	(t) => [primaryKey({ columns: [t.breachId, t.to] })]
);
