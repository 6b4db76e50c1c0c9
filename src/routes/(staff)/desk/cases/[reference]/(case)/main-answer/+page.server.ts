import { mainAnswerFor, sendMainAnswer } from '#lib/server/cases/linking/send-main-answer.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const load = withActor(async (actor, { params }) => ({ answer: await mainAnswerFor(actor, params.reference) }));

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		const { status } = await sendMainAnswer(actor, reference, data);
		return status === 'answered' ? 'answered' : 'drafted';
	})
};
