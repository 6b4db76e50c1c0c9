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
import type { PublicFigures } from '#lib/cases/disclosure.ts';
import type { CaseKind, Channel, ClockName } from '#lib/cases/vocabulary.ts';
import type { CaseMove, RecapFigures, RecapScope } from '#lib/recap/figures.ts';
import { accounts } from './accounts.ts';
import type { Signer } from './answers.ts';
import { clocks } from './clocks.ts';
import { at, caseId } from './columns.ts';
import { unitId } from './units.ts';

/**
 * What a periodic report counts: a report that came to an office's open ones or left them. Written with the timeline
 * entry that tells of it, at its moment; append-only, so that no past period ever changes (docs/decisions/0017).
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
		/** Seen by supervisors of the office above alone: counted apart from all others, with nothing said of it. */
		sealed: boolean().notNull(),
		move: text().$type<CaseMove>().notNull()
	},
	(t) => [
		// The index contains every counted column.
		index('case_moves_unit').on(t.unitId, t.at, t.move, t.kind, t.channel, t.sealed),
		// Lists behind the figures of answered, archived and reopened reports.
		index('case_moves_moment').on(t.move, t.at, t.caseId),
		index('case_moves_case').on(t.caseId, t.id)
	]
);

/** Each time a promise of the office was kept, in time or late; append-only. A dispute takes none away. */
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
		/** Days between the two on which the clock stood still. */
		pausedDays: integer().notNull(),
		at: at().notNull(),
		dueAt: at(),
		late: boolean().notNull()
	},
	(t) => [
		index('clock_outcomes_unit').on(t.unitId, t.at),
		// Lists behind the figures of promises kept.
		index('clock_outcomes_moment').on(t.name, t.at, t.caseId),
		index('clock_outcomes_case').on(t.caseId)
	]
);

/** Reports as they were filed, figures and all. Append-only: a correction is a further version. */
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
		/** Who filed it, as they were called on that day. */
		signer: jsonb().$type<Signer>().notNull(),
		filedAt: at().notNull()
	},
	(t) => [
		uniqueIndex('recaps_version').on(t.unitId, t.scope, t.period, t.version),
		uniqueIndex('recaps_number').on(t.unitId, t.year, t.number)
	]
);

/** Why a report was answered late, in the office's words. One per report; it is carried on every recap it is late in. */
export const lateCauses = pgTable('late_causes', {
	caseId: caseId({ onDelete: 'cascade' }).primaryKey(),
	cause: text().notNull(),
	writtenBy: uuid().references(() => accounts.id),
	writtenAt: at().notNull()
});

/** What an office found to be at the root of its reports, and what it does about it; on every recap until it is done. */
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
		createdAt: at().notNull(),
		createdBy: uuid().references(() => accounts.id)
	},
	(t) => [
		index('follow_ups_unit').on(t.unitId, t.createdAt),
		index('follow_ups_open')
			.on(t.unitId)
			.where(sql`done_on is null`)
	]
);

/** Offices that show figures to everybody; none does until somebody there decided so. */
export const publicPages = pgTable('public_pages', {
	unitId: unitId().primaryKey(),
	active: boolean().notNull().default(false),
	/** What the office says it changed because of reports and suggestions, a line each. */
	changes: text(),
	changedAt: at().notNull()
});

/** The figures of a finished quarter, as they were when it was closed: never computed twice. */
export const publicFigures = pgTable(
	'public_figures',
	{
		unitId: unitId(),
		quarter: text().notNull(),
		figures: jsonb().$type<PublicFigures>().notNull(),
		closedAt: at().notNull()
	},
	(t) => [primaryKey({ columns: [t.unitId, t.quarter] })]
);
