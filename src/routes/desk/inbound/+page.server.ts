import { INBOUND_VIEWS, inboundCounts, listInbound } from '#lib/server/escalation/inbound/reports.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const view = INBOUND_VIEWS.find((one) => one === url.searchParams.get('view'));
		const [page, counts] = await Promise.all([
			listInbound(actor, view, url.searchParams.get('cursor') ?? undefined),
			inboundCounts(actor)
		]);
		return { view, counts, ...page };
	});
