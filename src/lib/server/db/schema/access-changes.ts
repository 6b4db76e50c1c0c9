import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { accountId, at } from './columns.ts';

/** Changes that would open cases to an account, asked for after the office had its first case. */
export const accessChanges = pgTable(
	'access_changes',
	{
		id: uuid().primaryKey().defaultRandom(),
		/** The requested change: `AccessChange` of `people/access/kinds.ts`. */
		kind: text().notNull(),
		accountId: accountId({ onDelete: 'cascade' }),
		/** Tells changes of one kind and account apart: of two for the same thing, one waits. */
		target: text().notNull(),
		/** The rest of the change: unit and role, token, officer, address. */
		data: jsonb().$type<Record<string, unknown>>().notNull(),
		/** Offices whose cases it would open. A decider supervises all of them. */
		unitIds: uuid().array().notNull(),
		/** Null: the operator, at the machine or with the bootstrap token. */
		requestedBy: uuid().references(() => accounts.id),
		requestedAt: at().notNull(),
		/** When it takes effect if nobody decides. */
		takesEffectAt: at().notNull(),
		/** waiting | effective | declined | taken_back | overtaken */
		state: text().notNull(),
		/** Null if nobody decided: it took effect by time, or something overtook it. */
		decidedBy: uuid().references(() => accounts.id),
		endedAt: at(),
		/** How a password link reaches its owner: mail | print; null if the change brings none. */
		link: text(),
		/** The state of which notices were written last. */
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
