import { OUTCOMES } from '#lib/ratings/moves.ts';
import { ratingsBehind } from '#lib/server/ratings/review/list.ts';
import { managedOfficer } from '#lib/server/ratings/access.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter, ratingChoice } from '#lib/server/web/filters/insight-filter.ts';
import { withQuery } from '#lib/text/with-query.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const chosen = ratingChoice(url.searchParams);
	const page = await ratingsBehind(actor, { ...filter.query, ...chosen, cursor });
	return {
		filter,
		chosen,
		page,
		officer: chosen.officer === undefined ? undefined : (await managedOfficer(actor, chosen.officer)).name,
		later: cursor !== undefined,
		outcome: OUTCOMES.find((outcome) => outcome === url.searchParams.get('done'))
	};
});

export const actions = {
	default: formAction(async (actor, { data }, { url }) => {
		const id = String(data.rating ?? '');
		const { outcome } = await decideRating(actor, id, data);
		return `${withQuery(url.pathname, Object.fromEntries(url.searchParams), { done: outcome })}#done`;
	})
};
