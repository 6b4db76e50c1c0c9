import { answerCase } from '#lib/server/cases/answers/answer.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(
		async ({ actor, reference, data, files }) => {
			const { status } = await answerCase(actor, reference, data, { files });
			return status === 'answered' ? 'answered' : 'drafted';
		},
		{ field: 'body', use: 'answer' }
	)
};
