import { unlinkCase } from '#lib/server/cases/linking/link.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await unlinkCase(actor, reference, data);
		return 'unlinked';
	})
};
