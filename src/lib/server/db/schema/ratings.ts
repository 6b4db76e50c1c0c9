import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, pgTable, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { RatingMove } from '#lib/ratings/moves.ts';
import type { CommentFlag } from '#lib/ratings/screen-comment.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import type {
	CountReason,
	OVER_BUDGET,
	RatingSource,
	RatingState,
	RatingTag,
	Score,
	SetAsideReason
} from '#lib/ratings/vocabulary.ts';
import { accounts } from './accounts.ts';
import { accountId, at } from './columns.ts';
import { officerId, officers, places, unitId } from './units.ts';

/** A rating has its day but no time of day, no visit and no address, so that nobody can tell who gave it. */
export const ratings = pgTable(
	'ratings',
	{
		id: uuid().primaryKey().defaultRandom(),
		unitId: unitId(),
		officerId: uuid().references(() => officers.id),
		placeId: uuid().references(() => places.id),
		service: text().$type<ServiceKind>(),
		score: smallint().$type<Score>().notNull(),
		courtesy: smallint(),
		speed: smallint(),
		knowledge: smallint(),
		tags: text().array().$type<RatingTag[]>().notNull().default([]),
		comment: text(),
		source: text().$type<RatingSource>().notNull(),
		verified: boolean().notNull().default(false),
		/** The day in the unit's time zone when the rating was given. */
		day: date().notNull(),
		state: text().$type<RatingState>().notNull().default('counted'),
		/** A reason from the closed lists, or the site's own reason for holding the rating. */
		stateReason: text().$type<SetAsideReason | CountReason | typeof OVER_BUDGET>(),
		/** Codes of `ratings/signals.ts` for unusual ratings. They prompt a review and never refuse a rating. */
		signals: text().array().$type<Signal[]>().notNull().default([]),
		/** Keyed hash of the comment's words, which finds repeated texts. */
		commentHash: text(),
		/**
		 * What the comment may contain (a name, a number, an insult). Only managers read it until one of them has
		 * reviewed it.
		 */
		commentFlags: text().array().$type<CommentFlag[]>().notNull().default([]),
		stateBy: uuid().references(() => accounts.id),
		/** True: decided after the officer's figures may already have been released with this rating's former state. */
		decidedLate: boolean().notNull().default(false),
		submissionHash: text().notNull().unique(),
		contentHash: text().notNull()
	},
	(t) => [
		/** Contains all columns for an officer's own batches, so that ten thousand rows need not be read. */
		index('ratings_officer').on(t.officerId, t.day, t.score, t.state),
		index('ratings_commented')
			.on(t.officerId, t.day)
			.where(sql`comment is not null`),
		index('ratings_decided_late')
			.on(t.officerId, t.day)
			.where(sql`decided_late`),
		index('ratings_unit').on(t.unitId, t.day),
		index('ratings_same_text')
			.on(t.officerId, t.commentHash, t.day)
			.where(sql`comment_hash is not null`),
		/** Ratings that wait for a manager, or that a manager excluded. They are few. */
		index('ratings_set_aside')
			.on(t.unitId, t.state, t.day, t.id)
			.where(sql`state <> 'counted'`),
		// Ratings that a manager has to review, newest first. The conditions are the same as in `review/list.ts`, word
		// for word.
		index('ratings_held')
			.on(t.day, t.id, t.unitId)
			.where(sql`state = 'held'`),
		index('ratings_marked')
			.on(t.day, t.id, t.unitId)
			.where(sql`state = 'counted' and state_by is null and signals <> '{}'`),
		index('ratings_comment_flagged')
			.on(t.day, t.id, t.unitId)
			.where(sql`state <> 'voided' and comment_flags <> '{}' and not 'manager' = any(comment_flags)`)
	]
);

const many = () => bigint({ mode: 'number' }).notNull().default(0);

/**
 * Sums of counted ratings, updated in the transaction of the rating. All figures are computed from them. There is one
 * row per unit, officer ('' for none), service ('' for none) and day, and one for all services together ('*'). The
 * columns after the day are the figures of `lib/ratings/figures.ts`.
 */
const ratingSums = (name: string, day: string) =>
	pgTable(
		name,
		{
			key: text().primaryKey(),
			unitId: unitId(),
			officerId: uuid().references(() => officers.id),
			service: text(),
			day: date(day).notNull(),
			c1: many(),
			c2: many(),
			c3: many(),
			c4: many(),
			c5: many(),
			verified: many(),
			visit: many(),
			kiosk: many(),
			place: many(),
			web: many(),
			api: many(),
			courtesyN: many(),
			courtesySum: many(),
			speedN: many(),
			speedSum: many(),
			knowledgeN: many(),
			knowledgeSum: many()
		},
		(t) => [
			index(`${name}_unit`).on(t.unitId, t.service, t.day),
			index(`${name}_officer`).on(t.officerId, t.service, t.day)
		]
	);

export const ratingDaily = ratingSums('rating_daily', 'day');
/** Per month, so that a year is the sum of a few rows. The day is the first of the month. */
export const ratingMonthly = ratingSums('rating_monthly', 'month');

/** Proposals and decisions about single ratings. The parent unit decides whether to void ratings of 1 and 2. */
export const ratingDecisions = pgTable(
	'rating_decisions',
	{
		id: uuid().primaryKey().defaultRandom(),
		ratingId: uuid()
			.notNull()
			.references(() => ratings.id),
		move: text().$type<RatingMove>().notNull(),
		reason: text().$type<SetAsideReason | CountReason>().notNull(),
		unitId: unitId(),
		proposedBy: accountId(),
		proposedAt: at().notNull(),
		state: text().$type<'pending' | 'done' | 'refused'>().notNull(),
		decidedBy: uuid().references(() => accounts.id),
		decidedAt: at()
	},
	(t) => [
		index('rating_decisions_rating').on(t.ratingId),
		index('rating_decisions_pending')
			.on(t.unitId, t.proposedAt)
			.where(sql`state = 'pending'`),
		uniqueIndex('rating_decisions_one_pending')
			.on(t.ratingId)
			.where(sql`state = 'pending'`)
	]
);

/** An officer's objection to a rating whose comment they were shown; at most one per rating. */
export const ratingContests = pgTable(
	'rating_contests',
	{
		id: uuid().primaryKey().defaultRandom(),
		ratingId: uuid()
			.notNull()
			.unique()
			.references(() => ratings.id),
		officerId: officerId(),
		words: text().notNull(),
		contestedAt: at().notNull(),
		state: text().$type<'pending' | 'upheld' | 'declined'>().notNull(),
		answer: text(),
		decidedBy: uuid().references(() => accounts.id),
		decidedAt: at()
	},
	(t) => [
		index('rating_contests_officer').on(t.officerId),
		index('rating_contests_pending')
			.on(t.contestedAt)
			.where(sql`state = 'pending'`)
	]
);
