import { sql } from 'drizzle-orm';
import { date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at, caseId } from './columns.ts';
import { unitId } from './units.ts';

/** Meanings that an administrator gave to status names of LAPOR, in addition to the built-in ones. */
export const laporStatusNames = pgTable('lapor_status_names', {
	name: text().primaryKey(),
	meaning: text().notNull(),
	mappedBy: uuid().references(() => accounts.id),
	mappedAt: at().notNull()
});

/** Health of the connection: one row per endpoint, and the row `connection` for a halt. */
export const laporCircuits = pgTable('lapor_circuits', {
	endpoint: text().primaryKey(),
	failures: integer().notNull().default(0),
	openUntil: at(),
	haltedAt: at(),
	haltedReason: text()
});

/** Institutions and templates as LAPOR last listed them. */
export const laporLists = pgTable(
	'lapor_lists',
	{
		/** institution | template */
		kind: text().notNull(),
		/** Its id at LAPOR: a number for an institution, a code for a template. */
		id: text().notNull(),
		name: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.kind, t.id] })]
);

/**
 * Reports that LAPOR passed to the office, one row per LAPOR number. The case existed already or was opened for the
 * report.
 */
export const inboundReports = pgTable(
	'inbound_reports',
	{
		id: uuid().primaryKey().defaultRandom(),
		laporId: text().notNull().unique(),
		unitId: unitId(),
		caseId: caseId(),
		/** How the existing case was found: `reference` or `lapor_id`; null if a case was opened. */
		matchedBy: text(),
		title: text(),
		content: text().notNull(),
		receivedOn: date().notNull(),
		enteredBy: uuid().references(() => accounts.id),
		enteredAt: at().notNull(),
		answerEnteredAt: at(),
		answerEnteredBy: uuid().references(() => accounts.id)
	},
	(t) => [
		index('inbound_reports_unit').on(t.unitId, t.enteredAt),
		index('inbound_reports_case').on(t.caseId),
		index('inbound_reports_answer_missing')
			.on(t.unitId)
			.where(sql`answer_entered_at is null`)
	]
);
