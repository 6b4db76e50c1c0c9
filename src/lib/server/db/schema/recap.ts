import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	date,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import type { PublicFigures } from '#lib/cases/public-figures.ts';
import type { CaseKind, Channel, ClockName } from '#lib/cases/vocabulary.ts';
import type { CaseMove, RecapFigures, RecapScope } from '#lib/recap/figures.ts';
import { accounts } from './accounts.ts';
import type { Signer } from './answers.ts';
import { clocks } from './clocks.ts';
import { at, caseId } from './columns.ts';
import { unitId } from './units.ts';

/**
 * The events that a periodic report counts: a case became open at an office, or ceased to be. Written with the timeline
 * entry of the event and at its time. Append-only, so that no past period ever changes (docs/decisions/0017).
 */
export const caseMoves = pgTable(
	'case_moves',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		caseId: caseId({ onDelete: 'cascade' }),
		at: at().notNull(),
		unitId: unitId(),
		kind: text().$type<CaseKind>().notNull(),
		channel: text().$type<Channel>().notNull(),
		/** True for restricted cases, which are counted apart from all others and without details. */
		sealed: boolean().notNull(),
		move: text().$type<CaseMove>().notNull()
	},
	(t) => [
		// The index contains every counted column.
		index('case_moves_unit').on(t.unitId, t.at, t.move, t.kind, t.channel, t.sealed),
		// For the lists behind the figures of answered, archived and reopened cases.
		index('case_moves_moment').on(t.move, t.at, t.caseId),
		index('case_moves_case').on(t.caseId, t.id)
	]
);

/** One row for each deadline of the office that was met, in time or late. Append-only. A dispute removes none. */
export const clockOutcomes = pgTable(
	'clock_outcomes',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		caseId: caseId({ onDelete: 'cascade' }),
		clockId: uuid()
			.notNull()
			.references(() => clocks.id, { onDelete: 'cascade' }),
		unitId: unitId(),
		name: text().$type<ClockName>().notNull(),
		dayUnit: text().$type<'working' | 'calendar'>().notNull(),
		startedOn: date().notNull(),
		endedOn: date().notNull(),
		/** Days between start and end on which the clock was paused. */
		pausedDays: integer().notNull(),
		at: at().notNull(),
		dueAt: at(),
		late: boolean().notNull()
	},
	(t) => [
		index('clock_outcomes_unit').on(t.unitId, t.at),
		// For the lists behind the figures of met deadlines.
		index('clock_outcomes_moment').on(t.name, t.at, t.caseId),
		index('clock_outcomes_case').on(t.caseId),
		// Without it each deadline that is deleted with an office's trial reads the whole table.
		index('clock_outcomes_clock').on(t.clockId)
	]
);

/** Periodic reports as filed, with their figures. Append-only: a correction is a further version. */
export const recaps = pgTable(
	'recaps',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		/** `own`: the unit alone; `tree`: with all units below it. */
		scope: text().$type<RecapScope>().notNull(),
		period: text().notNull(),
		version: integer().notNull(),
		/** Counted per unit and year of filing; a correction has its own number. */
		year: integer().notNull(),
		number: integer().notNull(),
		figures: jsonb().$type<RecapFigures>().notNull(),
		reason: text(),
		filedBy: uuid().references(() => accounts.id),
		/** Who filed it, with name and position on that day. */
		signer: jsonb().$type<Signer>().notNull(),
		filedAt: at().notNull()
	},
	(t) => [
		uniqueIndex('recaps_version').on(t.unitId, t.scope, t.period, t.version),
		uniqueIndex('recaps_number').on(t.unitId, t.year, t.number)
	]
);

/**
 * Why a case was answered late, in the office's words. One per case, shown on every periodic report that counts the
 * case as late.
 */
export const lateCauses = pgTable('late_causes', {
	caseId: caseId({ onDelete: 'cascade' }).primaryKey(),
	cause: text().notNull()
});

/** Causes that an office found behind its cases, and its measures. Shown on every periodic report until done. */
export const followUps = pgTable(
	'follow_ups',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		scope: text().$type<RecapScope>().notNull(),
		period: text().notNull(),
		rootCause: text().notNull(),
		action: text().notNull(),
		who: text().notNull(),
		dueOn: date().notNull(),
		doneOn: date(),
		createdAt: at().notNull()
	},
	(t) => [
		index('follow_ups_unit').on(t.unitId, t.createdAt),
		index('follow_ups_open')
			.on(t.unitId)
			.where(sql`done_on is null`)
	]
);

/** Offices that publish their figures. No office does until somebody there turns it on. */
export const publicPages = pgTable('public_pages', {
	unitId: unitId().primaryKey(),
	active: boolean().notNull().default(false),
	/** What the office changed because of reports and suggestions, in its own words, one line each. */
	changes: text()
});

/** The figures of a finished quarter as they were when it was closed. They are never computed again. */
export const publicFigures = pgTable(
	'public_figures',
	{
		unitId: unitId(),
		quarter: text().notNull(),
		figures: jsonb().$type<PublicFigures>().notNull()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.quarter] })]
);
