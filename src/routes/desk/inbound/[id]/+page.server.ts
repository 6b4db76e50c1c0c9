import { redirect } from '@sveltejs/kit';
import { enterAnswer, inboundReport } from '#lib/server/escalation/inbound/reports.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => ({
		report: await inboundReport(signedIn(locals), params.id),
		done: url.searchParams.get('done')
	}));

export const actions = {
	entered: ({ locals, params }) =>
		asForm({}, async () => {
			await enterAnswer(signedIn(locals), params.id);
			redirect(303, `/desk/inbound/${params.id}?done=answer`);
		})
};
