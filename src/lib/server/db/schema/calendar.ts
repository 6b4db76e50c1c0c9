import { date, integer, pgTable, text, uuid, timestamp } from 'drizzle-orm/pg-core';

/** Years whose decree is loaded. A deadline in any other year is provisional. */
export const calendarYears = pgTable('calendar_years', {
	year: integer().primaryKey(),
	decree: text().notNull(),
	loadedAt: timestamp({ withTimezone: true }).notNull().defaultNow()
});

export const calendarDays = pgTable('calendar_days', {
	day: date().primaryKey(),
	/** national | joint */
	kind: text().$type<'national' | 'joint'>().notNull(),
	name: text().notNull()
});

/** Deadline rules as data. A rule applies to cases opened from `validFrom` on; the latest one counts. */
export const clockRules = pgTable('clock_rules', {
	id: uuid().primaryKey().defaultRandom(),
	name: text().notNull(),
	/** complaint | suggestion | information_request; null: every kind. */
	kind: text(),
	/** information | plain | oversight; null: every class. */
	class: text(),
	/** For reporter_turn: needs_info | answered. */
	state: text(),
	days: integer().notNull(),
	dayUnit: text().$type<'working' | 'calendar'>().notNull(),
	basis: text().notNull(),
	validFrom: timestamp({ withTimezone: true, mode: 'date' }).notNull()
});
