import { redirect } from '@sveltejs/kit';
import { OUTCOMES } from '#lib/ratings/moves.ts';
import { ASPECTS, RATING_SOURCES, RATING_STATES, SCORES } from '#lib/ratings/vocabulary.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const asked = (name: string) => url.searchParams.get(name) || undefined;
		const chosen = {
			officer: asked('officer'),
			state: RATING_STATES.find((state) => state === asked('state')),
			score: SCORES.find((score) => String(score) === asked('score')),
			source: RATING_SOURCES.find((source) => source === asked('source')),
			aspect: ASPECTS.find((aspect) => aspect === asked('aspect')),
			verified: asked('verified') === 'yes',
			commented: asked('commented') === 'yes',
			noService: asked('service') === 'none'
		};
		const page = await ratingsBehind(actor, { ...filter.query, ...chosen, cursor: asked('cursor') });
		return {
			filter,
			chosen,
			page,
			officer: chosen.officer === undefined ? undefined : (await managedOfficer(actor, chosen.officer)).name,
			first: asked('cursor') === undefined,
			outcome: OUTCOMES.find((outcome) => outcome === asked('done'))
		};
	});

export const actions = {
	default: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		const { actor } = await asPage(() => insightFilter(locals.actor, url.searchParams));
		return asForm(typed, async () => {
			const id = String(data.rating ?? '');
			const { outcome } = await decideRating(actor, id, data);
			const back = new URL(url);
			back.searchParams.set('done', outcome);
			redirect(303, `${back.pathname}${back.search}#done`);
		});
	}
};
