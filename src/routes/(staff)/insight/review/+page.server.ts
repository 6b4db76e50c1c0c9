import { OUTCOMES, type Outcome } from '#lib/ratings/moves.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import {
	decideContest,
	openContests,
	showComment,
	decideProposal,
	openProposals,
	decideRating
} from '#lib/server/ratings/review/decide.ts';
import { ratingsToReview, REVIEW_KINDS, reviewCounts } from '#lib/server/ratings/review/list.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

const kindOf = (url: URL) => REVIEW_KINDS.find((kind) => kind === url.searchParams.get('kind')) ?? 'held';

export const load = withActor(async (actor, { url }) => {
	const kind = kindOf(url);
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const outcome = OUTCOMES.find((known) => known === url.searchParams.get('done'));
	const [page, counts, proposals, contests] = await Promise.all([
		ratingsToReview(actor, kind, cursor),
		reviewCounts(actor),
		openProposals(actor),
		openContests(actor)
	]);
	return { kind, page, counts, proposals, contests, later: cursor !== undefined, outcome };
});

type Decide = (actor: Actor, id: string, data: Record<string, unknown>) => Promise<Outcome>;

const decisionAction = (decide: Decide) =>
	formAction(async (actor, { data }, { url }: RequestEvent) => {
		const done = await decide(actor, String(data.id ?? data.rating ?? ''), data);
		return `/insight/review?${new URLSearchParams({ kind: kindOf(url), done })}#done`;
	});

export const actions = {
	rating: decisionAction(async (actor, id, data) => (await decideRating(actor, id, data)).outcome),
	contest: decisionAction(async (actor, id, data) => (await decideContest(actor, id, data)).outcome),
	proposal: decisionAction(async (actor, id, data) => (await decideProposal(actor, id, data)).outcome),
	comment: decisionAction(async (actor, id, data) => {
		await showComment(actor, id, data.shown === 'yes');
		return 'noted';
	})
};
