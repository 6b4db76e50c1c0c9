import { INBOUND_VIEWS, inboundCounts, listInbound } from '#lib/server/escalation/from-lapor/reports.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const view = INBOUND_VIEWS.find((known) => known === url.searchParams.get('view'));
	const [page, counts] = await Promise.all([
		listInbound(actor, view, url.searchParams.get('cursor') ?? undefined),
		inboundCounts(actor)
	]);
	return { view, counts, ...page };
});
