import { enterAnswer, inboundReport } from '#lib/server/escalation/inbound/reports.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, url }) => ({
	report: await inboundReport(actor, params.id),
	done: url.searchParams.get('done')
}));

export const actions = {
	entered: formAction(async (actor, _form, { params }) => {
		await enterAnswer(actor, params.id);
		return `/desk/inbound/${params.id}?done=answer`;
	})
};
