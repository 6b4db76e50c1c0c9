import type { Locale } from '#lib/paraglide/runtime.js';
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { cases } from './cases.ts';
import { at } from './columns.ts';
import { officers } from './units.ts';

/**
 * Consents given and withdrawn. Append-only, enforced by a trigger: the newest row of a subject and kind is the one that
 * applies.
 */
export const consents = pgTable(
	'consents',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		/** A kind of `people/consents.ts`. */
		kind: text().notNull(),
		// Whose consent it is: exactly one of the two.
		officerId: uuid().references(() => officers.id),
		caseId: bigint({ mode: 'number' }).references(() => cases.id, { onDelete: 'cascade' }),
		/** false: withdrawn */
		given: boolean().notNull(),
		at: at().notNull(),
		/** The words by which the person was asked, as they stood on the screen, and their language. */
		words: text().notNull(),
		language: text().$type<Locale>().notNull(),
		/** null: the reporter, on a form or by a link */
		recordedBy: uuid().references(() => accounts.id)
	},
	(t) => [
		check('consents_subject', sql`num_nonnulls(${t.officerId}, ${t.caseId}) = 1`),
		index('consents_case').on(t.caseId, t.id),
		index('consents_officer').on(t.officerId, t.id)
	]
);
