import { plainMean } from '#lib/ratings/breakdown.ts';
import { posterior, ratingsIn, sumCounts, type Counts } from '#lib/ratings/statistics.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ratingMethod } from '../figures/method.ts';
import { batchesOut, ratedPerson } from './batches.ts';
import { ownContests, shownComments, type OwnComment, type OwnContest } from './comments.ts';
import { ownPrior, ownUnit } from './unit.ts';

/** As many batches as a screen or two hold. */
const NEWEST = 6;

export interface OwnRatings {
	officer: { name: string };
	unit: { name: string; mean: number | null };
	/** Of the batches that are out and began within twelve months. */
	n: number;
	distribution: Counts;
	/** null below the minimum number of ratings. */
	range: { mean: number; low: number; high: number } | null;
	minimum: number;
	/** How many batches are out; the newest is the one of that number. */
	batches: number;
	/** The comments of the newest batches, or of all: newest first, shuffled within each; some have none. */
	comments: OwnComment[][];
	/** The officer's own objections, newest first. */
	contests: OwnContest[];
}

/**
 * What an officer may know of the own ratings, made so that it never tells who gave which: only whole batches of at least
 * five ratings from at least three days, only once no rating can arrive for their days any more, and never a day, time,
 * place, service, visit or the score beside a comment. The figures are of the same batches, as they stood when each came
 * out: a decision about a single rating moves none of them, for what moves would be its score. undefined if the account
 * is no officer's.
 *
 * @param all comments of all batches rather than of the newest ones: a busy counter has a hundred batches a year
 */
export async function ownRatings(actor: Actor, all = false): Promise<OwnRatings | undefined> {
	if (actor.officerId === null) return undefined;
	const me = await ratedPerson(actor.officerId);
	if (!me) return undefined;
	const [out, unit, contests, { minimum, priorWeight }] = await Promise.all([
		batchesOut(me),
		ownUnit(me),
		ownContests(me.id),
		ratingMethod()
	]);
	const counts = sumCounts(out.map(({ counts }) => counts));
	const n = ratingsIn(counts);
	const prior = await ownPrior(me, unit);
	const { mean, low, high } = posterior(counts, { prior, weight: priorWeight });
	return {
		officer: { name: me.name },
		unit: { name: me.unit, mean: plainMean(sumCounts(unit)) },
		n,
		distribution: counts,
		range: n >= minimum ? { mean, low, high } : null,
		minimum,
		batches: out.length,
		comments: (await shownComments(me.id, all ? out : out.slice(-NEWEST))).map((batch) =>
			batch.map(({ text, handle, contested }) => ({ text, handle, contested }))
		),
		contests
	};
}
