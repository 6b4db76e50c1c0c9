import { mainAnswerFor, sendMainAnswer } from '#lib/server/cases/linking/send-main-answer.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, params }) =>
	asPage(async () => ({ answer: await mainAnswerFor(signedIn(locals), params.reference) }));

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const { status } = await sendMainAnswer(actor, reference, data);
		return status === 'answered' ? 'answered' : 'drafted';
	})
};
