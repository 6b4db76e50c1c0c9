import { changeLegalHold } from '#lib/server/privacy/retention/legal-hold.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await changeLegalHold(actor, reference, data);
		return data.action === 'hold' ? 'legal_hold_set' : 'legal_hold_lifted';
	})
};
