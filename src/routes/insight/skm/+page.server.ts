import { redirect } from '@sveltejs/kit';
import { skmPublicationsFor, withdrawSkm } from '#lib/server/skm/publications.ts';
import { skmSummary } from '#lib/server/skm/figures.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const [summary, publications] = await Promise.all([
			skmSummary(actor, filter.query),
			skmPublicationsFor(actor, filter.query.unit)
		]);
		return { filter, summary, publications, done: url.searchParams.get('done') };
	});

export const actions = {
	default: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		const { actor } = await asPage(() => insightFilter(locals.actor, url.searchParams));
		return asForm(typed, async () => {
			await withdrawSkm(actor, String(data.publication ?? ''), data);
			const back = new URL(url);
			back.searchParams.set('done', 'withdrawn');
			redirect(303, `${back.pathname}${back.search}`);
		});
	}
};
