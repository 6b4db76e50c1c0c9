import { declineObjection } from '#lib/server/cases/conversation/objection.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await declineObjection(actor, reference, data);
		return 'objection_declined';
	})
};
