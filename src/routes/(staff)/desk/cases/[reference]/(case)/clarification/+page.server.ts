import { askOfficer, withdrawQuestion } from '#lib/server/cases/officers/clarifications.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		if (data.clarification) {
			await withdrawQuestion(actor, reference, data);
			return 'clarification_withdrawn';
		}
		await askOfficer(actor, reference, data);
		return 'clarification_asked';
	})
};
