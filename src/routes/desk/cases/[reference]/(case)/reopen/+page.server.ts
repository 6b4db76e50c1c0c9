import { reopenCase } from '#lib/server/cases/handling/archive.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await reopenCase(actor, reference, data);
		return 'reopened';
	})
};
