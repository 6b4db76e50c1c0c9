import { sql } from 'drizzle-orm';
import { boolean, date, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { at } from './columns.ts';
import { officers, places, unitId } from './units.ts';

/** One service given to one person. Stores that its token was used and on which day, never which rating it gave. */
export const visits = pgTable(
	'visits',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		service: text(),
		officerId: uuid().references(() => officers.id),
		channel: text().notNull(),
		/** Number of the visit in another system's guest book, sent with `POST visits`; deleted after seven days. */
		externalRef: text(),
		/** What the visitor came for, in the guest book's words. */
		purpose: text(),
		placeId: uuid().references(() => places.id),
		/** When the service began. From then on `officerFixed` says who may change the officer. */
		begunAt: at(),
		/** When the service ended. From then on the token is shown. */
		closedAt: at(),
		/**
		 * Keyed hash of the device that recorded the visit. Somebody who opens the token on that device is not the
		 * visitor.
		 */
		madeByDevice: text(),
		/** The person who recorded the visit opened the token, so its rating does not count as verified. */
		openedByMaker: boolean().notNull().default(false),
		/** A browser opened the token sooner after the visit was recorded than a visitor plausibly could. */
		openedTooSoon: boolean().notNull().default(false),
		/**
		 * Keyed hash of the form that recorded the visit, so that the same form sent again records no second visit.
		 * Deleted together with `madeByDevice`.
		 */
		contentHash: text(),
		tokenHash: text().notNull().unique(),
		day: date().notNull(),
		createdAt: at().notNull(),
		createdBy: uuid().references(() => accounts.id),
		expiresAt: at().notNull(),
		usedOn: date()
	},
	(t) => [
		index('visits_unit').on(t.unitId, t.day),
		index('visits_officer').on(t.officerId, t.day),
		index('visits_desk').on(t.placeId, t.closedAt),
		index('visits_open')
			.on(t.unitId, t.createdAt)
			.where(sql`closed_at is null`),
		index('visits_to_forget')
			.on(t.createdAt)
			.where(sql`external_ref is not null`),
		index('visits_makers_to_forget')
			.on(t.expiresAt)
			.where(sql`made_by_device is not null`)
	]
);
