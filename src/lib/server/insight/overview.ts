import { dueOf } from '#lib/cases/figures.ts';
import { changeOf, type Range } from '#lib/ratings/breakdown.ts';
import { pastPeriods } from '#lib/ratings/past-periods.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addedUp, ratingSummary } from '#lib/server/ratings/figures/summary.ts';
import type { OverviewFigures, AttentionItem } from '#lib/words/rating-figures.ts';
import type { LeaderboardQuery } from '#lib/server/ratings/figures/compare-officers.ts';
import { caseBoard } from './board.ts';
import { officerComparison } from './comparison.ts';

/** Items listed on the overview. */
const MOST_ITEMS = 6;

/**
 * A manager's overview of a unit and a period. Its figures are those of the comparison of officers and of the board, with
 * their rules: no mean below the minimum, no own ratings, no restricted report shown to its own office.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function insightOverview(actor: Actor, query: LeaderboardQuery) {
	const [officers, past, board] = await Promise.all([
		officerComparison(actor, query),
		ratingSummary(actor, { ...query, ...pastPeriods(query).before }),
		caseBoard(actor, query)
	]);
	const { comparison, responses, summary, trends } = officers;
	const ownClocks = board.clocks.filter(({ name }) => name !== 'reporter_turn');
	const sum = (of: (clock: (typeof ownClocks)[number]) => number) =>
		ownClocks.reduce((total, clock) => total + of(clock), 0);
	const about = (kind: 'falling' | 'below' | 'rising', which: (item: (typeof comparison.items)[number]) => boolean) =>
		comparison.items.filter(which).map(({ officer }): AttentionItem => ({ kind, officer }));
	const direction = (id: string) => trends[id]?.direction;
	// Only within one office, because every office has other visitors.
	const isBelow = (item: Range) =>
		query.scope !== 'tree' && summary.range !== null && changeOf(item, summary.range) === 'lower';
	const items: AttentionItem[] = [
		...board.offices
			.filter(({ late }) => late > 0)
			.sort((a, b) => b.late - a.late)
			.map(({ unit, late }): AttentionItem => ({ kind: 'late', unit, n: late })),
		...about('falling', ({ officer }) => direction(officer.id) === 'falling'),
		...about('below', (item) => direction(item.officer.id) !== 'falling' && isBelow(item)),
		...(summary.held > 0 ? [{ kind: 'held' as const, n: summary.held }] : []),
		...about('rising', ({ officer }) => direction(officer.id) === 'rising')
	];
	const figures: OverviewFigures = {
		satisfaction: summary.range,
		before: addedUp(past, comparison.method.minimum).range,
		responses: summary,
		deadlines: { onTime: sum((clock) => clock.metOnTime), due: sum(dueOf) },
		overdue: board.totals.late,
		attentionItems: items.slice(0, MOST_ITEMS)
	};
	/** `opens`: the actor may open the reports behind the figures. */
	return { figures, comparison, responses, opens: board.opens, today: board.today };
}
