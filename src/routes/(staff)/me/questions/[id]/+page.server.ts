import { answerQuestion, ownQuestion } from '#lib/server/cases/officers/clarifications.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params, url }) => ({
	question: await ownQuestion(actor, params.id),
	sent: url.searchParams.has('sent')
}));

export const actions = {
	default: changeThenOpen(
		(actor, data, { params }) => answerQuestion(actor, params.id, data),
		({ params }) => `/me/questions/${params.id}?sent=yes`
	)
};
