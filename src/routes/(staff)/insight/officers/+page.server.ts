import { officerComparison } from '#lib/server/insight/comparison.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const columns = url.searchParams.get('columns') === 'all' ? 'all' : undefined;
	return { filter, columns, ...(await officerComparison(actor, filter.query)) };
});
