import { and, between, desc, eq, inArray, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { isLocalDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { CommentFlag } from '#lib/ratings/screening.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import type {
	RatingTag,
	Aspect,
	CountReason,
	OVER_BUDGET,
	RatingSource,
	RatingState,
	Score,
	SetAsideReason
} from '#lib/ratings/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { DECIDER, onlyProposes, parents } from '../decider.ts';
import { managedOfficer } from '../managed-officer.ts';
import { managedUnit, unitIdsOf, type UnitScope } from '../managed-unit.ts';
import { notOfOwn } from '../own-left-out.ts';
import type { RatingFilter } from '../figures/sums.ts';

const PAGE = 50;

export interface RatingListQuery extends RatingFilter {
	/** Code or slug; the ratings given there. With an officer: those given to the officer in any unit the actor manages. */
	unit: string;
	/** `tree`: also those given in the units below. */
	scope?: UnitScope;
	officer?: string;
	state?: RatingState;
	score?: number;
	source?: RatingSource;
	/** Those of recorded visits alone. */
	verified?: boolean;
	/** Those that say something of this aspect. */
	aspect?: Aspect;
	/** Those that name no service, instead of `service`. */
	noService?: boolean;
	/** Those with a comment. */
	commented?: boolean;
	/** The `nextCursor` of the former page. */
	cursor?: string;
	/** How many at most, where not a whole page. */
	limit?: number;
}

/** A rating as a manager sees it: the day, never the time, and no visit. */
export interface ListedRating {
	id: string;
	day: LocalDate;
	score: Score;
	aspects: Record<Aspect, number | null>;
	tags: RatingTag[];
	comment: string | null;
	/** What the comment may hold: codes of the screening, for managers alone. */
	commentFlags: CommentFlag[];
	service: ServiceKind | null;
	source: RatingSource;
	verified: boolean;
	state: RatingState;
	/** A reason from the closed lists, or what the site itself noted when it held the rating. */
	stateReason: SetAsideReason | CountReason | typeof OVER_BUDGET | null;
	decidedBy: string | null;
	/** What looked unusual when it came in. */
	signals: Signal[];
	/** The reason for which somebody proposed to take it out; nobody has decided. */
	proposed: SetAsideReason | null;
	officer: { id: string; name: string } | null;
	/** The office where it was given. */
	unit: string;
	/** The unit whose managers have to agree before a 1 or a 2 does not count, and whether the actor can only propose it. */
	decider: string;
	proposes: boolean;
}

/** What a listed rating is read from: the rating, its officer and unit, who decided, and a pending proposal. */
export const LISTED = {
	id: ratings.id,
	day: ratings.day,
	score: ratings.score,
	aspects: { courtesy: ratings.courtesy, speed: ratings.speed, knowledge: ratings.knowledge },
	tags: ratings.tags,
	comment: ratings.comment,
	commentFlags: ratings.commentFlags,
	service: ratings.service,
	source: ratings.source,
	verified: ratings.verified,
	state: ratings.state,
	stateReason: ratings.stateReason,
	decidedBy: accounts.name,
	signals: ratings.signals,
	proposed: ratingDecisions.reason,
	officer: { id: officers.id, name: officers.name },
	unit: { id: units.id, name: units.name },
	decider: DECIDER
};

/** A row of `LISTED` as the actor may see it. */
export function listedFor(
	actor: Actor,
	{ unit, decider, ...row }: { unit: { id: string; name: string }; decider: { id: string; name: string } }
): ListedRating {
	const rating = row as Omit<ListedRating, 'unit' | 'decider' | 'proposes'>;
	return { ...rating, unit: unit.name, decider: decider.name, proposes: onlyProposes(actor, unit.id, decider.id) };
}

/**
 * The ratings behind the figures, newest day first and in no order within a day. Those of the actor's own person are
 * not there.
 *
 * @throws NotFound and NotAllowed as `managedUnit`, NotFound on an officer of a unit the actor does not manage
 */
export async function ratingsBehind(
	actor: Actor,
	query: RatingListQuery
): Promise<{ items: ListedRating[]; next: string | null }> {
	const unit = await managedUnit(actor, query.unit);
	const page = Math.min(query.limit ?? PAGE, PAGE);
	const keys =
		query.officer === undefined
			? newestOfUnits(actor, await unitIdsOf(unit, query.scope ?? 'own'), query, page + 1)
			: newest(actor, await ofOfficer(actor, query.officer), query, page + 1).as('keys');
	const rows = await db()
		.select(LISTED)
		.from(keys)
		.innerJoin(ratings, eq(ratings.id, keys.id))
		.innerJoin(units, eq(units.id, ratings.unitId))
		.leftJoin(parents, eq(parents.id, units.parentId))
		.leftJoin(officers, eq(officers.id, ratings.officerId))
		.leftJoin(accounts, eq(accounts.id, ratings.stateBy))
		.leftJoin(ratingDecisions, and(eq(ratingDecisions.ratingId, ratings.id), eq(ratingDecisions.state, 'pending')))
		.orderBy(desc(ratings.day), desc(ratings.id));
	const items = rows.slice(0, page).map((row) => listedFor(actor, row));
	const last = items.at(-1);
	return { items, next: rows.length > page && last ? `${last.day}_${last.id}` : null };
}

/** The keys of the newest ratings asked for, so that what stands in a row is read of those alone that are shown. */
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
		.limit(limit);

/** Each office's newest by its own index: of millions in a province together the sort would take seconds. */
function newestOfUnits(actor: Actor, unitIds: readonly string[], query: RatingListQuery, limit: number) {
	const each = newest(actor, eq(ratings.unitId, units.id), query, limit).as('each');
	return db()
		.select({ id: each.id, day: each.day })
		.from(units)
		.crossJoinLateral(each)
		.where(inArray(units.id, [...unitIds]))
		.orderBy(desc(each.day), desc(each.id))
		.limit(limit)
		.as('keys');
}

async function ofOfficer(actor: Actor, id: string): Promise<SQL | undefined> {
	const officer = await managedOfficer(actor, id);
	return and(eq(ratings.officerId, officer.id), inArray(ratings.unitId, [...actor.units.manager]));
}

/** The choices of a list that are no period and no person. */
function asked(query: RatingListQuery): (SQL | undefined)[] {
	const { service, noService, score, state, source, verified, aspect, commented } = query;
	return [
		noService ? isNull(ratings.service) : service === undefined ? undefined : eq(ratings.service, service),
		score === undefined ? undefined : eq(ratings.score, score),
		state === undefined ? undefined : inState(state),
		source === undefined ? undefined : eq(ratings.source, source),
		verified ? eq(ratings.verified, true) : undefined,
		aspect === undefined ? undefined : isNotNull(ratings[aspect]),
		commented ? isNotNull(ratings.comment) : undefined
	];
}

/** As a literal where the rating is set aside, for the index of those few to be recognised. */
function inState(state: RatingState): SQL | undefined {
	return state === 'counted'
		? eq(ratings.state, state)
		: and(sql`${ratings.state} <> 'counted'`, eq(ratings.state, state));
}

/** Rows after the cursor; an invalid cursor starts again. */
export function after(cursor: string | undefined): SQL | undefined {
	const [day = '', id = ''] = (cursor ?? '').split('_');
	if (!isLocalDate(day) || !isUuid(id)) return undefined;
	return or(lt(ratings.day, day), and(eq(ratings.day, day), lt(ratings.id, id)));
}
