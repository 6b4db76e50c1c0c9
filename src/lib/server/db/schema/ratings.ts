import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, pgTable, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { officers, places, units } from './units.ts';

/** A rating keeps its day and no time of day, no visit and no address: nobody can tell who gave it. */
export const ratings = pgTable(
	'ratings',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: uuid()
			.notNull()
			.references(() => units.id),
		officerId: uuid().references(() => officers.id),
		placeId: uuid().references(() => places.id),
		service: text(),
		score: smallint().notNull(),
		courtesy: smallint(),
		speed: smallint(),
		knowledge: smallint(),
		tags: text().array().notNull().default([]),
		comment: text(),
		/** visit | kiosk | place | web | api */
		source: text().notNull(),
		verified: boolean().notNull().default(false),
		/** The day in the unit's zone, frozen. */
		day: date().notNull(),
		/** counted | held | voided */
		state: text().$type<'counted' | 'held' | 'voided'>().notNull().default('counted'),
		stateReason: text(),
		stateBy: uuid().references(() => accounts.id),
		submissionHash: text().notNull().unique(),
		contentHash: text().notNull()
	},
	(t) => [
		index('ratings_officer').on(t.officerId, t.day),
		index('ratings_unit').on(t.unitId, t.day),
		/** The few that wait for a manager or were decided not to count. */
		index('ratings_set_aside')
			.on(t.unitId, t.day)
			.where(sql`state <> 'counted'`)
	]
);

/** Counted ratings per day, kept in the same transaction as the rating; what every figure is summed from. */
export const ratingDaily = pgTable(
	'rating_daily',
	{
		/** One row per unit, officer ('' for none), service ('' for none) and day. */
		key: text().primaryKey(),
		unitId: uuid()
			.notNull()
			.references(() => units.id),
		officerId: uuid().references(() => officers.id),
		service: text(),
		day: date().notNull(),
		c1: bigint({ mode: 'number' }).notNull().default(0),
		c2: bigint({ mode: 'number' }).notNull().default(0),
		c3: bigint({ mode: 'number' }).notNull().default(0),
		c4: bigint({ mode: 'number' }).notNull().default(0),
		c5: bigint({ mode: 'number' }).notNull().default(0),
		verified: bigint({ mode: 'number' }).notNull().default(0)
	},
	(t) => [index('rating_daily_unit').on(t.unitId, t.day), index('rating_daily_officer').on(t.officerId, t.day)]
);

/** One service given to one person. Stores that its token was used and on which day, never which rating it gave. */
export const visits = pgTable(
	'visits',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: uuid()
			.notNull()
			.references(() => units.id),
		service: text(),
		officerId: uuid().references(() => officers.id),
		channel: text().notNull(),
		/** The guest book's own number; forgotten after seven days. */
		externalRef: text(),
		tokenHash: text().notNull().unique(),
		day: date().notNull(),
		createdAt: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
		createdBy: uuid().references(() => accounts.id),
		expiresAt: timestamp({ withTimezone: true, mode: 'date' }).notNull(),
		usedOn: date()
	},
	(t) => [
		index('visits_unit').on(t.unitId, t.day),
		index('visits_to_forget')
			.on(t.createdAt)
			.where(sql`external_ref is not null`)
	]
);
