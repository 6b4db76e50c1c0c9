import { classifyCase } from '#lib/server/cases/handling/verify.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await classifyCase(actor, reference, data);
		return 'classified';
	})
};
