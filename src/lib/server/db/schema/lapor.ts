import { sql } from 'drizzle-orm';
import { date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at, caseId } from './columns.ts';
import { unitId } from './units.ts';

/** Meanings of LAPOR's status names that an administrator added to the known ones. */
export const laporStatusNames = pgTable('lapor_status_names', {
	name: text().primaryKey(),
	meaning: text().notNull(),
	mappedBy: uuid().references(() => accounts.id),
	mappedAt: at().notNull()
});

/** The connection's health: one row per endpoint, and `connection` for a halt. */
export const laporCircuits = pgTable('lapor_circuits', {
	endpoint: text().primaryKey(),
	failures: integer().notNull().default(0),
	openUntil: at(),
	haltedAt: at(),
	haltedReason: text()
});

/** LAPOR's own lists, as they were read last. */
export const laporMasters = pgTable(
	'lapor_masters',
	{
		/** institution | template */
		kind: text().notNull(),
		/** The id there: a number for an institution, a code for a template. */
		id: text().notNull(),
		name: text().notNull()
	},
	(t) => [primaryKey({ columns: [t.kind, t.id] })]
);

/** Reports that LAPOR passed to the office. Each number once; its case is one of ours or was opened for it. */
export const inboundReports = pgTable(
	'inbound_reports',
	{
		id: uuid().primaryKey().defaultRandom(),
		laporId: text().notNull().unique(),
		unitId: unitId(),
		caseId: caseId(),
		/** What it was known by: `reference` or `lapor_id`; null if it opened a case. */
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
		index('inbound_reports_owed')
			.on(t.unitId)
			.where(sql`answer_entered_at is null`)
	]
);
