import { answerDirectly } from '#lib/server/cases/answers/answer.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			await answerDirectly(actor, reference, data, { files });
			return 'answered_directly';
		},
		{ field: 'body', use: 'answer' }
	)
};
