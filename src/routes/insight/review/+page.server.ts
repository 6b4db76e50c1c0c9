import { redirect } from '@sveltejs/kit';
import { OUTCOMES, type Outcome } from '#lib/ratings/moves.ts';
import {
	decideContest,
	decideProposal,
	decideRating,
	openContests,
	openProposals,
	showComment
} from '#lib/server/ratings/review/decide.ts';
import { ratingsToReview, REVIEW_KINDS, reviewCounts } from '#lib/server/ratings/review/list.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';
import type { RequestEvent } from './$types';

const kindOf = (url: URL) => REVIEW_KINDS.find((kind) => kind === url.searchParams.get('kind')) ?? 'held';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const kind = kindOf(url);
		const cursor = url.searchParams.get('cursor') ?? undefined;
		const outcome = OUTCOMES.find((one) => one === url.searchParams.get('done'));
		const [page, counts, proposals, contests] = await Promise.all([
			ratingsToReview(actor, kind, cursor),
			reviewCounts(actor),
			openProposals(actor),
			openContests(actor)
		]);
		return { kind, page, counts, proposals, contests, first: cursor === undefined, outcome };
	});

type Decide = (actor: ReturnType<typeof signedIn>, id: string, data: Record<string, unknown>) => Promise<Outcome>;

/** Reads the form, lets it be decided, and comes back to the same list with what it came to. */
const answering = (decide: Decide) => async (event: RequestEvent) => {
	const { data, typed } = await readForm(event.request);
	return asForm(typed, async () => {
		const done = await decide(signedIn(event.locals), String(data.id ?? data.rating ?? ''), data);
		const back = new URLSearchParams({ kind: kindOf(event.url), done });
		redirect(303, `/insight/review?${back}#done`);
	});
};

export const actions = {
	rating: answering(async (actor, id, data) => (await decideRating(actor, id, data)).outcome),
	contest: answering(async (actor, id, data) => (await decideContest(actor, id, data)).outcome),
	proposal: answering(async (actor, id, data) => (await decideProposal(actor, id, data)).outcome),
	comment: answering(async (actor, id, data) => {
		await showComment(actor, id, data.shown === 'yes');
		return 'noted';
	})
};
