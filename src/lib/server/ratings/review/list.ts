import { and, between, count, desc, eq, inArray, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { isLocalDate } from '#lib/calendar/days.ts';
import type { Aspect, RatingSource, RatingState, Score, SetAsideReason } from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedIds, managedOfficer, notOfOwn, type UnitScope } from '../access.ts';
import { DECIDER, onlyProposes, parents } from '../moves.ts';
import type { RatingFilter } from '../figures/sums.ts';

const PAGE = 50;
const REVIEW_PAGE = 30;

export interface RatingListQuery extends RatingFilter {
	/** Code or slug; the ratings given there. With an officer: those given to the officer in any unit the actor manages. */
	unit: string;
	/** `tree`: also those given in the units below. */
	scope?: UnitScope;
	officer?: string;
	state?: RatingState;
	score?: Score;
	source?: RatingSource;
	/** Only those of recorded visits. */
	verified?: boolean;
	/** Only those that rate this aspect. */
	aspect?: Aspect;
	/** Only those without a service, instead of `service`. */
	noService?: boolean;
	/** Only those with a comment. */
	commented?: boolean;
	/** `next` of the page before. */
	cursor?: string;
	/** At most this many, if less than a page. */
	limit?: number;
}

/** A rating as a manager sees it: the day, never the time, and no visit. */
export type ListedRating = RatingPage['items'][number];
type RatingPage = ReturnType<typeof pageOf>;

/** The newest ratings first, in no order within a day, as the actor may see them; `ratings` must be in `from`. */
function listed() {
	return db()
		.select({
			id: ratings.id,
			day: ratings.day,
			score: ratings.score,
			aspects: { courtesy: ratings.courtesy, speed: ratings.speed, knowledge: ratings.knowledge },
			tags: ratings.tags,
			comment: ratings.comment,
			/** What the comment may contain: codes of the screening, for managers only. */
			commentFlags: ratings.commentFlags,
			service: ratings.service,
			source: ratings.source,
			verified: ratings.verified,
			state: ratings.state,
			stateReason: ratings.stateReason,
			decidedBy: accounts.name,
			signals: ratings.signals,
			/** Reason of a pending proposal to take it out. */
			proposed: sql<SetAsideReason | null>`${ratingDecisions.reason}`,
			officer: { id: officers.id, name: officers.name },
			/** The office where it was given. */
			unit: { id: units.id, name: units.name },
			decider: DECIDER
		})
		.from(ratings)
		.innerJoin(units, eq(units.id, ratings.unitId))
		.leftJoin(parents, eq(parents.id, units.parentId))
		.leftJoin(officers, eq(officers.id, ratings.officerId))
		.leftJoin(accounts, eq(accounts.id, ratings.stateBy))
		.leftJoin(ratingDecisions, and(eq(ratingDecisions.ratingId, ratings.id), eq(ratingDecisions.state, 'pending')))
		.orderBy(desc(ratings.day), desc(ratings.id));
}

/** A page of rows, read with one row more than it holds; `next` is the cursor of the next page. */
function pageOf(actor: Actor, rows: Awaited<ReturnType<typeof listed>>, size: number) {
	const items = rows.slice(0, size).map(({ unit, decider, ...row }) => ({
		...row,
		unit: unit.name,
		/** The unit whose managers have to agree before a 1 or a 2 does not count, and whether the actor can only propose it. */
		decider: decider.name,
		proposes: onlyProposes(actor, unit.id, decider.id)
	}));
	const last = items.at(-1);
	return { items, next: rows.length > size && last ? `${last.day}_${last.id}` : null };
}

/** Rows after the cursor; an invalid cursor starts again. */
function after(cursor: string | undefined): SQL | undefined {
	const [day = '', id = ''] = (cursor ?? '').split('_');
	if (!isLocalDate(day) || !isUuid(id)) return undefined;
	return or(lt(ratings.day, day), and(eq(ratings.day, day), lt(ratings.id, id)));
}

/**
 * The ratings behind the figures, except those of the actor's own person.
 * @throws NotFound and NotAllowed as `managedUnit`, NotFound on an officer of a unit the actor does not manage
 */
export async function ratingsBehind(actor: Actor, query: RatingListQuery): Promise<RatingPage> {
	const size = Math.min(query.limit ?? PAGE, PAGE);
	const ids = await managedIds(actor, query);
	const keys =
		query.officer === undefined
			? newestOfUnits(actor, ids, query, size + 1)
			: newest(actor, await ofOfficer(actor, query.officer), query, size + 1);
	// Reads the columns of the shown ratings only.
	const rows = await listed().where(inArray(ratings.id, db().select({ id: keys.id }).from(keys)));
	return pageOf(actor, rows, size);
}

/** Keys of the newest ratings a query asks for. */
const newest = (actor: Actor, whose: SQL | undefined, query: RatingListQuery, limit: number) =>
	db()
		.select({ id: ratings.id, day: ratings.day })
		.from(ratings)
		.where(
			and(
				whose,
				notOfOwn(actor, ratings),
				between(ratings.day, query.from, query.to),
				...asked(query),
				after(query.cursor)
			)
		)
		.orderBy(desc(ratings.day), desc(ratings.id))
		.limit(limit)
		.as('keys');

/** Reads each office's newest by its own index: sorting the millions of a province would take seconds. */
function newestOfUnits(actor: Actor, unitIds: readonly string[], query: RatingListQuery, limit: number) {
	const each = newest(actor, eq(ratings.unitId, units.id), query, limit);
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

/** Conditions of a query besides period and person. */
function asked(query: RatingListQuery): (SQL | undefined)[] {
	const { service, noService, score, state, source, verified, aspect, commented } = query;
	return [
		noService ? isNull(ratings.service) : service === undefined ? undefined : eq(ratings.service, service),
		score === undefined ? undefined : eq(ratings.score, score),
		state === undefined ? undefined : eq(ratings.state, state),
		// A literal, so that the planner uses the index of the ratings that are set aside.
		state === undefined || state === 'counted' ? undefined : sql`${ratings.state} <> 'counted'`,
		source === undefined ? undefined : eq(ratings.source, source),
		verified ? eq(ratings.verified, true) : undefined,
		aspect === undefined ? undefined : isNotNull(ratings[aspect]),
		commented ? isNotNull(ratings.comment) : undefined
	];
}

/** Why a rating is listed for review: it is held, it counts but looked odd, or its comment may say too much. */
export const REVIEW_KINDS = ['held', 'marked', 'comment'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/**
 * The conditions of the indexes `ratings_held`, `ratings_marked` and `ratings_comment_flagged`, word for word. A decision
 * about a counted rating names who made it; a comment that a manager has hidden was looked at.
 */
const KINDS: Record<ReviewKind, SQL> = {
	held: sql`${ratings.state} = 'held'`,
	marked: sql`${ratings.state} = 'counted' and ${ratings.stateBy} is null and ${ratings.signals} <> '{}'`,
	comment: sql`${ratings.state} <> 'voided' and ${ratings.commentFlags} <> '{}' and not 'manager' = any(${ratings.commentFlags})`
};

const toReview = (actor: Actor, kind: ReviewKind) =>
	and(inArray(ratings.unitId, [...actor.units.manager]), notOfOwn(actor, ratings), KINDS[kind]);

/** The ratings of one kind that a manager has to review, in all units the actor manages. */
export async function ratingsToReview(actor: Actor, kind: ReviewKind, cursor?: string): Promise<RatingPage> {
	const rows = await listed()
		.where(and(toReview(actor, kind), after(cursor)))
		.limit(REVIEW_PAGE + 1);
	return pageOf(actor, rows, REVIEW_PAGE);
}

/** Counting stops here: nobody reviews more. */
const COUNTED = 1000;

/** How many ratings of each kind wait, at most a thousand with `more` beyond; one rating may be of several kinds. */
export async function reviewCounts(actor: Actor): Promise<Record<ReviewKind, { count: number; more: boolean }>> {
	const countOf = async (kind: ReviewKind) => {
		const some = db()
			.select({ id: ratings.id })
			.from(ratings)
			.where(toReview(actor, kind))
			.limit(COUNTED + 1)
			.as('some');
		const [row] = await db().select({ n: count() }).from(some);
		const n = row?.n ?? 0;
		return { count: Math.min(n, COUNTED), more: n > COUNTED };
	};
	return { held: await countOf('held'), marked: await countOf('marked'), comment: await countOf('comment') };
}
