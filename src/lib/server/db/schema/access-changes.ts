import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { accountId, at } from './columns.ts';

/**
 * Changes that need a supervisor's approval (`people/access/kinds.ts`): access to cases, an officer's access to own
 * ratings, and the connection of a channel. Before an office has a case or a message, its changes need none. Removals
 * of access are stored too, because the supervisors are notified of them.
 */
export const accessChanges = pgTable(
	'access_changes',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** The requested change: `AccessChange` of `people/access/kinds.ts`. */
		kind: text().notNull(),
		accountId: accountId({ onDelete: 'cascade' }),
		/** Distinguishes changes of one kind and account. At most one per target waits. */
		target: text().notNull(),
		/** Other values of the change: unit and role, token, officer, address. */
		data: jsonb().$type<Record<string, unknown>>().notNull(),
		/** Offices concerned. The person who decides must supervise all of them. */
		unitIds: uuid().array().notNull(),
		/** Null if the operator requested it, by command or with the bootstrap token. */
		requestedBy: uuid().references(() => accounts.id),
		requestedAt: at().notNull(),
		/** From then on the change takes effect without a decision, unless `wayWithoutDecision` returns `waits`. */
		takesEffectAt: at().notNull(),
		/** waiting | effective | declined | taken_back | overtaken */
		state: text().notNull(),
		/** Null if nobody decided: the change took effect by time, or another change overtook it. */
		decidedBy: uuid().references(() => accounts.id),
		endedAt: at(),
		/** How a password link reaches its owner: mail | print; null if the change has no link. */
		link: text(),
		/** The last state about which notices were written. */
		notifiedOf: text()
	},
	(t) => [
		uniqueIndex('access_changes_waiting')
			.on(t.accountId, t.kind, t.target)
			.where(sql`state = 'waiting'`),
		index('access_changes_due')
			.on(t.takesEffectAt)
			.where(sql`state = 'waiting'`),
		index('access_changes_unnotified')
			.on(t.id)
			.where(sql`notified_of is distinct from state`),
		index('access_changes_account').on(t.accountId, t.requestedAt)
	]
);
