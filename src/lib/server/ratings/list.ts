import { and, between, desc, eq, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '../../calendar/days.ts';
import type { ServiceKind } from '../../cases/vocabulary.ts';
import type { RatingTag } from '../../ratings/tags.ts';
import type {
	Aspect,
	CountReason,
	OVER_BUDGET,
	RatingSource,
	RatingState,
	Score,
	SetAsideReason
} from '../../ratings/vocabulary.ts';
import { isUuid } from '../../text/uuid.ts';
import { db } from '../db/index.ts';
import { ratings } from '../db/schema/ratings.ts';
import { accounts } from '../db/schema/accounts.ts';
import { officers } from '../db/schema/units.ts';
import { NotFound } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { managedUnit } from './managed-unit.ts';
import type { RatingFilter } from './officer-counts.ts';

const PAGE = 50;

export interface RatingListQuery extends RatingFilter {
	/** Code or slug; the ratings given there. With an officer: those given to the officer in any unit the actor manages. */
	unit: string;
	officer?: string;
	state?: RatingState;
	score?: number;
	/** What the former page's `next` said. */
	cursor?: string;
}

/** A rating as a manager sees it: the day, never the time, and no visit. */
export interface ListedRating {
	id: string;
	day: LocalDate;
	score: Score;
	aspects: Record<Aspect, number | null>;
	tags: RatingTag[];
	comment: string | null;
	service: ServiceKind | null;
	source: RatingSource;
	verified: boolean;
	state: RatingState;
	/** A reason from the closed lists, or what the site itself noted when it held the rating. */
	stateReason: SetAsideReason | CountReason | typeof OVER_BUDGET | null;
	decidedBy: string | null;
	officer: { id: string; name: string } | null;
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
	const whose = query.officer === undefined ? eq(ratings.unitId, unit.id) : await ofOfficer(actor, query.officer);
	const rows = await db()
		.select({
			id: ratings.id,
			day: ratings.day,
			score: ratings.score,
			aspects: { courtesy: ratings.courtesy, speed: ratings.speed, knowledge: ratings.knowledge },
			tags: ratings.tags,
			comment: ratings.comment,
			service: ratings.service,
			source: ratings.source,
			verified: ratings.verified,
			state: ratings.state,
			stateReason: ratings.stateReason,
			decidedBy: accounts.name,
			officer: { id: officers.id, name: officers.name }
		})
		.from(ratings)
		.leftJoin(officers, eq(officers.id, ratings.officerId))
		.leftJoin(accounts, eq(accounts.id, ratings.stateBy))
		.where(
			and(
				whose,
				notOfOwnPerson(actor),
				between(ratings.day, query.from, query.to),
				query.service === undefined ? undefined : eq(ratings.service, query.service),
				query.score === undefined ? undefined : eq(ratings.score, query.score),
				query.state === undefined ? undefined : inState(query.state),
				after(query.cursor)
			)
		)
		.orderBy(desc(ratings.day), desc(ratings.id))
		.limit(PAGE + 1);
	const items = rows.slice(0, PAGE) as ListedRating[];
	const last = items.at(-1);
	return { items, next: rows.length > PAGE && last ? `${last.day}_${last.id}` : null };
}

/** The name over a list of one officer's ratings. */
export async function officerName(id: string): Promise<string | undefined> {
	const [officer] = await db().select({ name: officers.name }).from(officers).where(eq(officers.id, id));
	return officer?.name;
}

async function ofOfficer(actor: Actor, id: string): Promise<SQL | undefined> {
	const [officer] = isUuid(id)
		? await db().select({ unitId: officers.unitId }).from(officers).where(eq(officers.id, id))
		: [];
	if (!officer || id === actor.officerId || !actor.units.manager.includes(officer.unitId)) throw new NotFound(id);
	return and(eq(ratings.officerId, id), inArray(ratings.unitId, [...actor.units.manager]));
}

function notOfOwnPerson(actor: Actor): SQL | undefined {
	return actor.officerId === null ? undefined : or(isNull(ratings.officerId), ne(ratings.officerId, actor.officerId));
}

/** As a literal where the rating is set aside, for the index of those few to be recognised. */
function inState(state: RatingState): SQL | undefined {
	return state === 'counted'
		? eq(ratings.state, state)
		: and(sql`${ratings.state} <> 'counted'`, eq(ratings.state, state));
}

/** What stands after the cursor; one that can't be read begins anew. */
function after(cursor: string | undefined): SQL | undefined {
	const [day = '', id = ''] = (cursor ?? '').split('_');
	if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !isUuid(id)) return undefined;
	return or(lt(ratings.day, day), and(eq(ratings.day, day), lt(ratings.id, id)));
}
