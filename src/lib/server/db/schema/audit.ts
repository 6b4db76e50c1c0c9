import { sql } from 'drizzle-orm';
import { bigint, boolean, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/**
 * Append-only, enforced by a trigger. Records changes of settings, rules, calendar, roles and tokens, voided ratings,
 * reveals of identities, exports and destructions. Each entry is chained to the one before (`people/audit-chain.ts`).
 */
export const auditEntries = pgTable(
	'audit_entries',
	{
		/** Place in the chain, from 1 and without gaps, in the order of the commits. */
		id: bigint({ mode: 'number' }).primaryKey(),
		at: at().notNull(),
		// No references: their check would lock rows of accounts and units while the head of the chain is locked.
		actorId: uuid(),
		unitId: uuid(),
		/** Subject and verb, such as `role.granted`. */
		action: text().notNull(),
		subject: text().notNull(),
		reason: text(),
		before: jsonb(),
		after: jsonb(),
		/** Keyed hash of subject, reason, before and after. It stays when retention destroys these. */
		textHash: text().notNull(),
		/** The `hash` of the entry before; empty for the first entry. */
		prev: text().notNull(),
		/** Keyed hash of `prev`, time, actor, unit, action and `textHash`. */
		hash: text().notNull(),
		destroyedAt: at(),
		/** Number of the later entry that records the destruction. */
		destroyedBy: bigint({ mode: 'number' })
	},
	(t) => [
		index('audit_entries_unit').on(t.unitId, t.id),
		index('audit_entries_action').on(t.action.op('text_pattern_ops'), t.id),
		index('audit_entries_actor').on(t.actorId, t.id),
		// The entries about an account and about an officer record, for the copy of a person's own data.
		index('audit_entries_subject').on(t.subject, t.id),
		index('audit_entries_record')
			.on(sql`(after ->> 'record')`)
			.where(sql`after ->> 'record' is not null`),
		index('audit_entries_at').on(t.at)
	]
);

/** One row: number and hash of the newest entry. They reveal that entries were removed from the end of the log. */
export const auditHead = pgTable('audit_head', {
	only: boolean().primaryKey().default(true),
	/** Number of the newest entry. */
	last: bigint({ mode: 'number' }).notNull(),
	hash: text().notNull(),
	/** Keyed hash of `last` and `hash`. Without `APP_KEY` the head can't be set back to an earlier entry. */
	mac: text().notNull()
});
