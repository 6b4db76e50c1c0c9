import { and, between, count, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import type { Aspect, RatingSource, RatingState, Score, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { beyondDay, dayCursor } from '#lib/server/db/page.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { referenceData, type ReferenceData } from '#lib/server/reference/reference.ts';
import { managedIds, managedOfficer, exceptReader, type UnitScope } from '../access.ts';
import { deciderOf, mayOnlyPropose } from '../moves.ts';
import type { RatingFilter } from '../figures/sums.ts';

const PAGE = 50;
const REVIEW_PAGE = 30;

export interface RatingListQuery extends RatingFilter {
	/**
	 * Code or slug of the unit where the ratings were given. With `officer`: ratings of that officer at all units the
	 * actor manages.
	 */
	unit: string;
	/** `tree`: also ratings given at units below it. */
	scope?: UnitScope;
	officer?: string;
	state?: RatingState;
	score?: Score;
	source?: RatingSource;
	/** Only ratings from recorded visits. */
	verified?: boolean;
	/** Only ratings with a score for this aspect. */
	aspect?: Aspect;
	/** Only ratings without a service; replaces `service`. */
	noService?: boolean;
	commented?: boolean;
	/** `next` of the previous page. */
	cursor?: string;
	/** Number of ratings, by default a page. */
	limit?: number;
}

/** A rating as shown to a manager: with the day, without time and visit. */
export type ListedRating = RatingPage['items'][number];
type RatingPage = Awaited<ReturnType<typeof pageOf>>;

/** Query for the newest ratings first, in random order within a day. The caller adds the conditions. */
function listed() {
	return db()
		.select({
			id: ratings.id,
			day: ratings.day,
			score: ratings.score,
			aspects: { courtesy: ratings.courtesy, speed: ratings.speed, knowledge: ratings.knowledge },
			tags: ratings.tags,
			comment: ratings.comment,
			/** Screening codes of what the comment may contain; shown to managers only. */
			commentFlags: ratings.commentFlags,
			service: ratings.service,
			source: ratings.source,
			verified: ratings.verified,
			state: ratings.state,
			stateReason: ratings.stateReason,
			decidedBy: accounts.name,
			signals: ratings.signals,
			/** Reason of a pending proposal to exclude the rating. */
			proposed: sql<SetAsideReason | null>`${ratingDecisions.reason}`,
			officerId: ratings.officerId,
			unitId: ratings.unitId
		})
		.from(ratings)
		.leftJoin(accounts, eq(accounts.id, ratings.stateBy))
		.leftJoin(ratingDecisions, and(eq(ratingDecisions.ratingId, ratings.id), eq(ratingDecisions.state, 'pending')))
		.orderBy(desc(ratings.day), desc(ratings.id));
}

/** Makes a page from rows that were read with the limit `size + 1`. `next` is the cursor of the next page. */
async function pageOf(actor: Actor, rows: Awaited<ReturnType<typeof listed>>, size: number) {
	const known = await referenceData();
	const items = rows.slice(0, size).map(({ unitId, officerId, ...row }) => {
		const officer = known.officerById.get(officerId ?? '');
		return {
			...row,
			officer: officer ? { id: officer.id, name: officer.name } : null,
			...unitAndDecider(known, actor, unitId)
		};
	});
	return { items, next: dayCursor(rows, size, items.at(-1)) };
}

/**
 * The name of a unit where a rating was given, and that of the unit whose managers must agree before a 1 or a 2 is
 * excluded. `proposes`: the actor can only propose it.
 */
export function unitAndDecider(known: ReferenceData, actor: Actor, unitId: string) {
	const decider = deciderOf(known, unitId);
	const nameOf = (id: string) => known.unitById.get(id)?.name ?? '';
	return { unit: nameOf(unitId), decider: nameOf(decider), proposes: mayOnlyPropose(actor, unitId, decider) };
}

/**
 * Lists the ratings behind the figures, except ratings of the actor.
 * @throws NotFound and NotAllowed as `managedUnit` does, NotFound for an officer of a unit the actor does not manage
 */
export async function ratingsBehind(actor: Actor, query: RatingListQuery): Promise<RatingPage> {
	const size = query.limit ?? PAGE;
	const ids = await managedIds(actor, query);
	const keys =
		query.officer === undefined
			? newestOfUnits(actor, ids, query, size + 1)
			: newestKeys(actor, await ofOfficer(actor, query.officer), query, size + 1);
	// Reads all columns only for the ratings on this page.
	const rows = await listed().where(inArray(ratings.id, db().select({ id: keys.id }).from(keys)));
	return pageOf(actor, rows, size);
}

/** Subquery of the keys of the newest ratings that match a query. */
const newestKeys = (actor: Actor, whose: SQL | undefined, query: RatingListQuery, limit: number) =>
	db()
		.select({ id: ratings.id, day: ratings.day })
		.from(ratings)
		.where(
			and(
				whose,
				exceptReader(actor, ratings),
				between(ratings.day, query.from, query.to),
				...conditionsOf(query),
				beyondDay(query.cursor, [ratings.day, ratings.id])
			)
		)
		.orderBy(desc(ratings.day), desc(ratings.id))
		.limit(limit)
		.as('keys');

/** Reads the newest of each unit by its own index; sorting millions of ratings would take seconds. */
function newestOfUnits(actor: Actor, unitIds: readonly string[], query: RatingListQuery, limit: number) {
	const each = newestKeys(actor, eq(ratings.unitId, units.id), query, limit);
	return db()
		.select({ id: each.id, day: each.day })
		.from(units)
		.crossJoinLateral(each)
		.where(inArray(units.id, [...unitIds]))
		.orderBy(desc(each.day), desc(each.id))
		.limit(limit)
		.as('newest');
}

async function ofOfficer(actor: Actor, id: string): Promise<SQL | undefined> {
	const officer = await managedOfficer(actor, id);
	return and(eq(ratings.officerId, officer.id), inArray(ratings.unitId, [...actor.units.manager]));
}

/** Conditions of a query apart from period and officer. */
function conditionsOf(query: RatingListQuery): (SQL | undefined)[] {
	const { service, noService, score, state, source, verified, aspect, commented } = query;
	return [
		noService ? isNull(ratings.service) : service === undefined ? undefined : eq(ratings.service, service),
		score === undefined ? undefined : eq(ratings.score, score),
		state === undefined ? undefined : eq(ratings.state, state),
		// A literal, so that the planner uses the index of the ratings that do not count.
		state === undefined || state === 'counted' ? undefined : sql`${ratings.state} <> 'counted'`,
		source === undefined ? undefined : eq(ratings.source, source),
		verified ? eq(ratings.verified, true) : undefined,
		aspect === undefined ? undefined : isNotNull(ratings[aspect]),
		commented ? isNotNull(ratings.comment) : undefined
	];
}

/**
 * Why a rating is listed for review. `held`: it is held. `marked`: it counts but has signals. `comment`: its comment
 * has flags.
 */
export const REVIEW_KINDS = ['held', 'marked', 'comment'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/**
 * Conditions copied word for word from the indexes `ratings_held`, `ratings_marked` and `ratings_comment_flagged`.
 * `stateBy` is set when a manager has decided about a counted rating. The flag `manager` means a manager has reviewed
 * and hidden the comment.
 */
const KINDS: Record<ReviewKind, SQL> = {
	held: sql`${ratings.state} = 'held'`,
	marked: sql`${ratings.state} = 'counted' and ${ratings.stateBy} is null and ${ratings.signals} <> '{}'`,
	comment: sql`${ratings.state} <> 'voided' and ${ratings.commentFlags} <> '{}' and not 'manager' = any(${ratings.commentFlags})`
};

const toReview = (actor: Actor, kind: ReviewKind) =>
	and(inArray(ratings.unitId, [...actor.units.manager]), exceptReader(actor, ratings), KINDS[kind]);

/** A page of the ratings of one kind that need review, in all units the actor manages. */
export async function ratingsToReview(actor: Actor, kind: ReviewKind, cursor?: string): Promise<RatingPage> {
	const rows = await listed()
		.where(and(toReview(actor, kind), beyondDay(cursor, [ratings.day, ratings.id])))
		.limit(REVIEW_PAGE + 1);
	return pageOf(actor, rows, REVIEW_PAGE);
}

/** Counting stops here, because nobody reviews more. */
const MAX_COUNTED = 1000;

/**
 * Number of ratings of each kind that need review, at most 1000; `more` says there are further ones. A rating may be of
 * several kinds.
 */
export async function reviewCounts(actor: Actor): Promise<Record<ReviewKind, { count: number; more: boolean }>> {
	const countOf = async (kind: ReviewKind) => {
		const matching = db()
			.select({ id: ratings.id })
			.from(ratings)
			.where(toReview(actor, kind))
			.limit(MAX_COUNTED + 1)
			.as('some');
		const [row] = await db().select({ n: count() }).from(matching);
		const n = row?.n ?? 0;
		return { count: Math.min(n, MAX_COUNTED), more: n > MAX_COUNTED };
	};
	const [held, marked, comment] = await Promise.all([countOf('held'), countOf('marked'), countOf('comment')]);
	return { held, marked, comment };
}
