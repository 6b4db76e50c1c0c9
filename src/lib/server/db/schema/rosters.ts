import { date, index, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { officers, places } from './units.ts';

/** Who is on duty at a desk: weekly on a weekday, or on a single day, which takes precedence. Times in the unit's zone. */
export const rosterShifts = pgTable(
	'roster_shifts',
	{
		id: uuid().primaryKey().defaultRandom(),
		placeId: uuid()
			.notNull()
			.references(() => places.id),
		officerId: uuid()
			.notNull()
			.references(() => officers.id),
		/** 1 Monday … 7 Sunday; null if `day` says it. */
		weekday: smallint(),
		day: date(),
		/** HH:MM */
		startsAt: text().notNull(),
		endsAt: text().notNull()
	},
	(t) => [index('roster_shifts_place').on(t.placeId), index('roster_shifts_officer').on(t.officerId)]
);
