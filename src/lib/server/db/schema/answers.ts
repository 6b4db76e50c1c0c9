import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { TemplateUse } from '#lib/cases/placeholders.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { Acting } from '#lib/cases/vocabulary.ts';
import { messages } from './cases.ts';
import { at, caseId } from './columns.ts';
import { unitId, units } from './units.ts';

/** Templates for answers. A unit's templates are offered to it and to every unit below; those without a unit to all. */
export const answerTemplates = pgTable(
	'answer_templates',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: uuid().references(() => units.id),
		use: text().$type<TemplateUse>().notNull(),
		language: text().$type<Locale>().notNull(),
		name: text().notNull(),
		/** With placeholders such as `{nomor}`. */
		body: text().notNull(),
		/**
		 * False: no longer offered. The row stays, because an empty table would be filled with the default templates
		 * again.
		 */
		active: boolean().notNull().default(true),
		version: integer().notNull().default(1)
	},
	(t) => [index('answer_templates_unit').on(t.unitId, t.use)]
);

export interface Signer {
	name: string;
	position: string | null;
	/** For an acting head: the kind and the number of the order. */
	acting?: { kind: Acting; order: string };
}

/** The letter of a published answer: its number and signers, stored in the commit that publishes the answer. */
export const letters = pgTable(
	'letters',
	{
		messageId: uuid()
			.primaryKey()
			.references(() => messages.id),
		caseId: caseId(),
		unitId: unitId(),
		year: integer().notNull(),
		number: integer().notNull(),
		at: at().notNull(),
		/** The writer first, then the approver. */
		signers: jsonb().$type<Signer[]>().notNull()
	},
	(t) => [uniqueIndex('letters_number').on(t.unitId, t.year, t.number), index('letters_case').on(t.caseId)]
);
