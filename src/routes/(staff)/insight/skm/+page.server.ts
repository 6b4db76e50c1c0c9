import { skmPublicationsFor, withdrawSkm } from '#lib/server/skm/publications.ts';
import { skmSummary } from '#lib/server/skm/figures.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';
import { withQuery } from '#lib/text/with-query.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const [summary, publications] = await Promise.all([
		skmSummary(actor, filter.query),
		skmPublicationsFor(actor, filter.query.unit)
	]);
	return { filter, summary, publications, done: url.searchParams.get('done') };
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		await withdrawSkm(actor, String(data.publication ?? ''), data);
		return withQuery(url.pathname, Object.fromEntries(url.searchParams), { done: 'withdrawn' });
	})
};
