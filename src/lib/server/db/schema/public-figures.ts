import { boolean, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { PublicFigures } from '#lib/cases/disclosure.ts';
import { units } from './units.ts';

const unit = () =>
	uuid()
		.notNull()
		.references(() => units.id);
const at = () => timestamp({ withTimezone: true, mode: 'date' }).notNull();

/** Offices that show figures to everybody; none does until somebody there decided so. */
export const publicPages = pgTable('public_pages', {
	unitId: unit().primaryKey(),
	active: boolean().notNull().default(false),
	/** What the office says it changed because of reports and suggestions, a line each. */
	changes: text(),
	changedAt: at()
});

/** The figures of a finished quarter, as they were when it was closed: never computed twice. */
export const publicFigures = pgTable(
	'public_figures',
	{
		unitId: unit(),
		/** `2026-Q3` */
		quarter: text().notNull(),
		figures: jsonb().$type<PublicFigures>().notNull(),
		closedAt: at()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.quarter] })]
);
