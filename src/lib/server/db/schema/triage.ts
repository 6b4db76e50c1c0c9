import { boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { RoutingAssignee } from '#lib/cases/routing.ts';
import type { CaseKind, Category, Channel, Priority, ServiceKind } from '#lib/cases/vocabulary.ts';
import { accounts } from './accounts.ts';
import { places, unitId, units } from './units.ts';

/** Conditions and actions for the cases of an office and of those below it. The first rule that matches applies. */
export const routingRules = pgTable(
	'routing_rules',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		name: text().notNull(),
		position: integer().notNull(),
		active: boolean().notNull().default(true),
		kind: text().$type<CaseKind>(),
		category: text().$type<Category>(),
		placeId: uuid().references(() => places.id),
		service: text().$type<ServiceKind>(),
		channel: text().$type<Channel>(),
		words: text().array().notNull().default([]),
		assign: text().$type<RoutingAssignee>().notNull(),
		handlerId: uuid().references(() => accounts.id, { onDelete: 'set null' }),
		/** The office whose people are notified; null: everybody who may see the case. */
		groupId: uuid().references(() => units.id),
		priority: text().$type<Priority>()
	},
	(t) => [index('routing_rules_unit').on(t.unitId, t.position)]
);

/** Words of categories that an administrator changed. A category without a row has the built-in words. */
export const categoryWords = pgTable('category_words', {
	category: text().$type<Category>().primaryKey(),
	words: text().array().notNull()
});
