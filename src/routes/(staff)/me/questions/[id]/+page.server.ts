import { answerQuestion, ownQuestion } from '#lib/server/cases/officers/clarifications.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, url }) => ({
	question: await ownQuestion(actor, params.id),
	sent: url.searchParams.has('sent')
}));

export const actions = {
	default: formAction(async (actor, { data }, { params }) => {
		await answerQuestion(actor, params.id, data);
		return `/me/questions/${params.id}?sent=yes`;
	})
};
