import { sql } from 'drizzle-orm';
import { boolean, date, index, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import type { CountReason, OVER_BUDGET, RatingState } from '#lib/ratings/vocabulary.ts';
import type { SkmSetAsideReason } from '#lib/skm/vocabulary.ts';
import { accounts } from './accounts.ts';
import { at } from './columns.ts';
import { unitId } from './units.ts';

/**
 * Offices that run the community satisfaction survey (SKM) here, with the decision to do so. Offices without a row
 * don't.
 */
export const skmOffices = pgTable('skm_offices', {
	unitId: unitId().primaryKey(),
	decisionNumber: text().notNull(),
	decidedOn: date().notNull(),
	otherSurveyUrl: text(),
	active: boolean().notNull().default(true)
});

/** One filled-in form: nine elements of 1 to 4, and a day. Separate from ratings and never counted with them. */
export const skmResponses = pgTable(
	'skm_responses',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		service: text(),
		u1: smallint().notNull(),
		u2: smallint().notNull(),
		u3: smallint().notNull(),
		u4: smallint().notNull(),
		u5: smallint().notNull(),
		u6: smallint().notNull(),
		u7: smallint().notNull(),
		u8: smallint().notNull(),
		u9: smallint().notNull(),
		/** What the respondents say about themselves: codes of the form, for the table of respondents. */
		sex: text(),
		age: text(),
		education: text(),
		occupation: text(),
		suggestion: text(),
		day: date().notNull(),
		state: text().$type<RatingState>().notNull().default('counted'),
		/** A reason from the closed lists, or the site's own reason for holding the form. */
		stateReason: text().$type<SkmSetAsideReason | CountReason | typeof OVER_BUDGET>(),
		stateBy: uuid().references(() => accounts.id),
		submissionHash: text().notNull().unique(),
		contentHash: text().notNull()
	},
	(t) => [
		index('skm_responses_unit').on(t.unitId, t.day),
		index('skm_responses_set_aside')
			.on(t.unitId, t.day)
			.where(sql`state <> 'counted'`)
	]
);

/** An index as it was published, with its period and the number of respondents. */
export const skmPublications = pgTable(
	'skm_publications',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		firstDay: date().notNull(),
		lastDay: date().notNull(),
		respondents: integer().notNull(),
		/** Everything the page shows: means of the nine elements, index, grade, respondents by group. */
		figures: jsonb().$type<Record<string, unknown>>().notNull(),
		decisionNumber: text().notNull(),
		publishedAt: at().notNull(),
		withdrawnAt: at()
	},
	(t) => [index('skm_publications_unit').on(t.unitId, t.lastDay)]
);
