import { enterAnswer, inboundReport } from '#lib/server/escalation/from-lapor/reports.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, url }) => ({
	report: await inboundReport(actor, params.id),
	done: url.searchParams.get('done')
}));

export const actions = {
	entered: changeThenOpen(
		(actor, data, { params }) => enterAnswer(actor, params.id, data),
		({ params }) => `/desk/inbound/${params.id}?done=answer`
	)
};
