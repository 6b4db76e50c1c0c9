import { redirect } from '@sveltejs/kit';
import { answerQuestion, ownQuestion } from '#lib/server/cases/officers/clarifications.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/gate.ts';

export const load = ({ locals, params, url }) =>
	asPage(async () => ({
		question: await ownQuestion(signedIn(locals), params.id),
		sent: url.searchParams.has('sent')
	}));

export const actions = {
	default: async ({ locals, params, request }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await answerQuestion(signedIn(locals), params.id, data);
			redirect(303, `/me/questions/${params.id}?sent=yes`);
		});
	}
};
