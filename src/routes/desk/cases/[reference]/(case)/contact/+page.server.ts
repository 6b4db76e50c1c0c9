import { recordContact } from '#lib/server/cases/conversation/contact.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await recordContact(actor, reference, data);
		return 'contacted';
	})
};
