import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { TemplateLanguage, TemplateUse } from '#lib/cases/placeholders.ts';
import { messages } from './cases.ts';
import { at, caseId } from './columns.ts';
import { unitId, units } from './units.ts';

/** Texts that answers begin from. A unit's are offered to it and to every unit below; null: to every office. */
export const answerTemplates = pgTable(
	'answer_templates',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: uuid().references(() => units.id),
		use: text().$type<TemplateUse>().notNull(),
		language: text().$type<TemplateLanguage>().notNull(),
		name: text().notNull(),
		/** With placeholders such as `{nomor}`. */
		body: text().notNull(),
		/** A template that is no longer offered stays: an emptied list would begin with the first ones again. */
		active: boolean().notNull().default(true),
		version: integer().notNull().default(1)
	},
	(t) => [index('answer_templates_unit').on(t.unitId, t.use)]
);

export interface Signer {
	name: string;
	position: string | null;
}

/** The letter of a published answer: its number and its signatures, taken in the commit that published it. */
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
		/** Writer first, then who approved. */
		signers: jsonb().$type<Signer[]>().notNull()
	},
	(t) => [uniqueIndex('letters_number').on(t.unitId, t.year, t.number), index('letters_case').on(t.caseId)]
);
