import { and, desc, eq, isNotNull, lt, or, type SQL } from 'drizzle-orm';
import { isLocalDate, type LocalDate } from '#lib/calendar/days.ts';
import type { CountReason, OVER_BUDGET, RatingState } from '#lib/ratings/vocabulary.ts';
import type { SkmAnswers, SkmSetAsideReason } from '#lib/skm/vocabulary.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedUnit } from '#lib/server/ratings/managed-unit.ts';
import { within, type SkmFilter } from './tally.ts';

const PAGE = 50;

export interface SkmListQuery extends SkmFilter {
	/** Code or slug. */
	unit: string;
	state?: RatingState | undefined;
	/** Only forms with a suggestion. */
	suggestions?: boolean;
	/** The `nextCursor` of the former page. */
	cursor?: string | undefined;
}

/** A form as a manager sees it: the day, never the time, and nothing of who filled it in. */
export interface ListedResponse {
	id: string;
	day: LocalDate;
	answers: SkmAnswers;
	suggestion: string | null;
	state: RatingState;
	/** A reason from the closed lists, or what the site itself noted when it held the form. */
	stateReason: SkmSetAsideReason | CountReason | typeof OVER_BUDGET | null;
	decidedBy: string | null;
}

/**
 * The forms behind the figures of a unit, newest day first and in no order within a day.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function skmBehind(
	actor: Actor,
	query: SkmListQuery
): Promise<{ items: ListedResponse[]; next: string | null }> {
	const unit = await managedUnit(actor, query.unit);
	const { u1, u2, u3, u4, u5, u6, u7, u8, u9, id, day, suggestion, state, stateReason } = skmResponses;
	const rows = await db()
		.select({
			id,
			day,
			answers: { u1, u2, u3, u4, u5, u6, u7, u8, u9 },
			suggestion,
			state,
			stateReason,
			decidedBy: accounts.name
		})
		.from(skmResponses)
		.leftJoin(accounts, eq(accounts.id, skmResponses.stateBy))
		.where(
			and(
				within([unit.id], query),
				query.state === undefined ? undefined : eq(state, query.state),
				query.suggestions ? isNotNull(suggestion) : undefined,
				after(query.cursor)
			)
		)
		.orderBy(desc(day), desc(id))
		.limit(PAGE + 1);
	const items = rows.slice(0, PAGE) as ListedResponse[];
	const last = items.at(-1);
	return { items, next: rows.length > PAGE && last ? `${last.day}_${last.id}` : null };
}

/** Rows after the cursor; an invalid cursor starts again. */
function after(cursor: string | undefined): SQL | undefined {
	const [day = '', id = ''] = (cursor ?? '').split('_');
	if (!isLocalDate(day) || !isUuid(id)) return undefined;
	return or(lt(skmResponses.day, day), and(eq(skmResponses.day, day), lt(skmResponses.id, id)));
}
