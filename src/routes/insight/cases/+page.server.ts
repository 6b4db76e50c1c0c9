import { caseFigures } from '#lib/server/insight/figures.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { insightFilter } from '#lib/server/web/insight-filter.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const { actor, filter } = await insightFilter(locals.actor, url.searchParams);
		return { filter, figures: await caseFigures(actor, filter.query) };
	});
