import { insightOverview } from '#lib/server/insight/overview.ts';
import { insightFilter } from '#lib/server/web/filters/insight-filter.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const filter = await insightFilter(actor, url.searchParams);
	const { figures, opens, today } = await insightOverview(actor, filter.query);
	return { filter, figures, opens, today };
});
