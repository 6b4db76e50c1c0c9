import { RATING_STATES } from '#lib/ratings/vocabulary.ts';
import { decideSkm, listSkmResponses } from '#lib/server/skm/responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';
import { withQuery } from '#lib/text/with-query.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const param = (name: string) => url.searchParams.get(name) || undefined;
	const chosen = {
		state: RATING_STATES.find((state) => state === param('state')),
		suggestions: param('with') === 'suggestion'
	};
	return {
		filter,
		chosen,
		page: await listSkmResponses(actor, { ...filter.query, ...chosen, cursor: param('cursor') }),
		later: param('cursor') !== undefined,
		decided: param('decided')
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const id = String(data.response ?? '');
		await decideSkm(actor, id, data);
		return `${withQuery(url.pathname, Object.fromEntries(url.searchParams), { decided: id })}#decided`;
	})
};
