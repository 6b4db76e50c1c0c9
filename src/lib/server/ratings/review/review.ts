import { and, count, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { parents } from '../decider.ts';
import { after, LISTED, listedFor, type ListedRating } from './list.ts';
import { notOfOwn } from '../own-left-out.ts';

/** Why a rating is on the list of review: it waits, it counts but looked odd, or its comment may say too much. */
export const REVIEW_KINDS = ['held', 'marked', 'comment'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

const PAGE = 30;

/**
 * The conditions of the indexes `ratings_held`, `ratings_marked` and `ratings_comment_flagged`, word for word. A decision
 * about a counted rating names who took it; a comment that a manager has hidden was looked at.
 */
const KINDS: Record<ReviewKind, SQL> = {
	held: sql`${ratings.state} = 'held'`,
	marked: sql`${ratings.state} = 'counted' and ${ratings.stateBy} is null and ${ratings.signals} <> '{}'`,
	comment: sql`${ratings.state} <> 'voided' and ${ratings.commentFlags} <> '{}' and not 'manager' = any(${ratings.commentFlags})`
};

const waiting = (actor: Actor, kind: ReviewKind) =>
	and(inArray(ratings.unitId, [...actor.units.manager]), notOfOwn(actor, ratings), KINDS[kind]);

/** The ratings of one kind that wait for a manager's look in all units the actor manages, newest day first. */
export async function ratingsToReview(
	actor: Actor,
	kind: ReviewKind,
	cursor?: string
): Promise<{ items: ListedRating[]; next: string | null }> {
	if (actor.units.manager.length === 0) return { items: [], next: null };
	const rows = await db()
		.select(LISTED)
		.from(ratings)
		.innerJoin(units, eq(units.id, ratings.unitId))
		.leftJoin(parents, eq(parents.id, units.parentId))
		.leftJoin(officers, eq(officers.id, ratings.officerId))
		.leftJoin(accounts, eq(accounts.id, ratings.stateBy))
		.leftJoin(ratingDecisions, and(eq(ratingDecisions.ratingId, ratings.id), eq(ratingDecisions.state, 'pending')))
		.where(and(waiting(actor, kind), after(cursor)))
		.orderBy(desc(ratings.day), desc(ratings.id))
		.limit(PAGE + 1);
	const items = rows.slice(0, PAGE).map((row) => listedFor(actor, row));
	const last = items.at(-1);
	return { items, next: rows.length > PAGE && last ? `${last.day}_${last.id}` : null };
}

/** More than this are not counted out: nobody looks through them all. */
const COUNTED = 1000;

/** How many ratings of each kind wait, at most a thousand with `more` beyond; one rating may be of several kinds. */
export async function reviewCounts(actor: Actor): Promise<Record<ReviewKind, { count: number; more: boolean }>> {
	const countOf = async (kind: ReviewKind) => {
		if (actor.units.manager.length === 0) return { count: 0, more: false };
		const some = db()
			.select({ id: ratings.id })
			.from(ratings)
			.where(waiting(actor, kind))
			.limit(COUNTED + 1)
			.as('some');
		const [row] = await db().select({ n: count() }).from(some);
		const n = row?.n ?? 0;
		return { count: Math.min(n, COUNTED), more: n > COUNTED };
	};
	return { held: await countOf('held'), marked: await countOf('marked'), comment: await countOf('comment') };
}
