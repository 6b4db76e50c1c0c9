import { bigint, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at } from './columns.ts';
import { units } from './units.ts';

/**
 * Append-only, enforced by a trigger. Records changes of settings, rules, calendar, roles and tokens, voided ratings
 * and reveals of identities.
 */
export const auditEntries = pgTable(
	'audit_entries',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		at: at().notNull(),
		actorId: uuid().references(() => accounts.id),
		unitId: uuid().references(() => units.id),
		/** A verb with its subject, such as `role.granted`. */
		action: text().notNull(),
		subject: text().notNull(),
		reason: text(),
		before: jsonb(),
		after: jsonb()
	},
	(t) => [index('audit_entries_unit').on(t.unitId, t.id), index('audit_entries_action').on(t.action, t.id)]
);
