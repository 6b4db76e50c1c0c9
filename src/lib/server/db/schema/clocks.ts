import { sql } from 'drizzle-orm';
import { boolean, date, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { SkippedDay } from '#lib/calendar/deadline-calculator.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { at, caseId } from './columns.ts';

/** The deadlines of a case as they were promised. A rule that changes later does not change them. */
export const clocks = pgTable(
	'clocks',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId(),
		name: text().$type<ClockName>().notNull(),
		/** Starts at 1 and counts up each time the clock starts again (reopening, another question). */
		run: integer().notNull().default(1),
		startAt: at().notNull(),
		days: integer().notNull(),
		dayUnit: text().$type<'working' | 'calendar'>().notNull(),
		basis: text().notNull(),
		/** Whether the clock stops while a question to the reporter is open. */
		pausable: boolean().notNull(),
		state: text().$type<'running' | 'paused' | 'met' | 'stopped'>().notNull(),
		dueAt: at(),
		warnAt: at(),
		alertAt: at(),
		metAt: at(),
		late: boolean().notNull().default(false),
		provisional: boolean().notNull().default(false),
		skipped: jsonb().$type<SkippedDay[]>().notNull().default([]),
		/**
		 * The due day for which staff were last warned, alerted or notified that it had passed. Each is sent once per due
		 * day.
		 */
		warnedFor: date(),
		alertedFor: date(),
		overdueFor: date(),
		/**
		 * When staff are next notified of this deadline; null if no notification is left, or the deadline is the
		 * reporter's.
		 */
		notifyAt: at()
	},
	(t) => [
		uniqueIndex('clocks_case_name').on(t.caseId, t.name, t.run),
		// The deadlines that offices still have to meet.
		index('clocks_counted')
			.on(t.caseId, t.name, t.dueAt, t.state)
			.where(sql`state in ('running', 'paused') and name <> 'reporter_turn'`),
		index('clocks_due')
			.on(t.dueAt)
			.where(sql`state = 'running'`),
		/** For the sweep that runs every minute. */
		index('clocks_notify')
			.on(t.notifyAt, t.id)
			.where(sql`state = 'running'`),
		/** For the daily digest: the office's deadlines that are close or overdue. */
		index('clocks_pressing')
			.on(t.warnAt)
			.where(sql`state = 'running' and name <> 'reporter_turn'`),
		/** For counts of deadlines whose warning time has come, from the index alone. */
		index('clocks_warned')
			.on(t.dueAt, t.warnAt, t.caseId)
			.where(sql`state = 'running' and name <> 'reporter_turn'`)
	]
);

/** Pauses of pausable deadlines: open questions, and the time answered or closed before a reopening. */
export const pauses = pgTable(
	'pauses',
	{
		id: uuid().primaryKey().defaultRandom(),
		caseId: caseId(),
		/** needs_info pauses all pausable clocks; settled (answered, closed or archived, then reopened) only `solution`. */
		why: text().$type<'needs_info' | 'settled'>().notNull(),
		fromAt: at().notNull(),
		toAt: at()
	},
	(t) => [index('pauses_case').on(t.caseId)]
);

/** Years whose decree is loaded. A deadline in any other year is provisional. */
export const calendarYears = pgTable('calendar_years', {
	year: integer().primaryKey(),
	decree: text().notNull()
});

export const calendarDays = pgTable('calendar_days', {
	day: date().primaryKey(),
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
	/** Hours if `dayUnit` is `hours`. */
	days: integer().notNull(),
	dayUnit: text().$type<'working' | 'calendar' | 'hours'>().notNull(),
	basis: text().notNull(),
	validFrom: at().notNull()
});
