import { previewPublication, publishSkm } from '#lib/server/skm/publications.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const { unit, from, to } = filter.query;
	return { filter, preview: await previewPublication(actor, unit, { from, to }) };
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const filter = await insightFilter(actor, url.searchParams);
		await publishSkm(actor, filter.query.unit, data);
		const { from, to } = data as { from: string; to: string };
		const shown = new URLSearchParams({ unit: filter.query.unit, from, to, done: 'published' });
		return `/insight/skm?${shown}`;
	})
};
