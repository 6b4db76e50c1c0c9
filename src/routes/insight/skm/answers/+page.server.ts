import { redirect } from '@sveltejs/kit';
import { RATING_STATES } from '#lib/ratings/vocabulary.ts';
import { decideSkm, skmBehind } from '#lib/server/skm/responses.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const asked = (name: string) => url.searchParams.get(name) || undefined;
		const chosen = {
			state: RATING_STATES.find((state) => state === asked('state')),
			suggestions: asked('with') === 'suggestion'
		};
		return {
			filter,
			chosen,
			page: await skmBehind(actor, { ...filter.query, ...chosen, cursor: asked('cursor') }),
			first: asked('cursor') === undefined,
			decided: asked('decided')
		};
	});

export const actions = {
	default: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		const { actor } = await asPage(() => insightFilter(locals.actor, url.searchParams));
		return asForm(typed, async () => {
			const id = String(data.response ?? '');
			await decideSkm(actor, id, data);
			const back = new URL(url);
			back.searchParams.set('decided', id);
			redirect(303, `${back.pathname}${back.search}#decided`);
		});
	}
};
