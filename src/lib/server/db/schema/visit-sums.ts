import { bigint, date, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { officers, units } from './units.ts';

const many = () => bigint({ mode: 'number' }).notNull().default(0);

/**
 * Visits per unit and day and how many of their links were used: a row for each service ('' for none) and one for all
 * together ('*'). A trigger keeps it, whatever notes, changes or uses a visit.
 */
export const visitDaily = pgTable(
	'visit_daily',
	{
		unitId: uuid()
			.notNull()
			.references(() => units.id),
		service: text().notNull(),
		day: date().notNull(),
		visits: many(),
		answered: many()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.service, t.day] })]
);

/** The same per officer, wherever the visits were: a comparison of officers reads no visit. Kept by the same trigger. */
export const visitOfficerDaily = pgTable(
	'visit_officer_daily',
	{
		officerId: uuid()
			.notNull()
			.references(() => officers.id),
		service: text().notNull(),
		day: date().notNull(),
		visits: many(),
		answered: many()
	},
	(t) => [primaryKey({ columns: [t.officerId, t.service, t.day] })]
);

/** The same per month, so that years are sums of a few rows, and on how many days. The day is the month's first. */
export const visitOfficerMonthly = pgTable(
	'visit_officer_monthly',
	{
		officerId: uuid()
			.notNull()
			.references(() => officers.id),
		service: text().notNull(),
		day: date('month').notNull(),
		visits: many(),
		visitDays: many(),
		answered: many()
	},
	(t) => [primaryKey({ columns: [t.officerId, t.service, t.day] })]
);
