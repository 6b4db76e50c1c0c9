import { unitFigures } from '#lib/server/ratings/figures/detail.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams, params.unit);
		return { filter, figures: await unitFigures(actor, filter.query) };
	});
