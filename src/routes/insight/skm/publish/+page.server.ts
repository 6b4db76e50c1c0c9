import { redirect } from '@sveltejs/kit';
import { previewPublication, publishSkm } from '#lib/server/skm/publications.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		const { unit, from, to } = filter.query;
		return { filter, preview: await previewPublication(actor, unit, { from, to }) };
	});

export const actions = {
	default: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		const { actor, filter } = await asPage(() => insightFilter(locals.actor, url.searchParams));
		return asForm(typed, async () => {
			await publishSkm(actor, filter.query.unit, data);
			const { from, to } = data as { from: string; to: string };
			const shown = new URLSearchParams({ unit: filter.query.unit, from, to, done: 'published' });
			redirect(303, `/insight/skm?${shown}`);
		});
	}
};
