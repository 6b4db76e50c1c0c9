import { changeHold } from '#lib/server/privacy/retention/hold.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await changeHold(actor, reference, data);
		return data.action === 'hold' ? 'held' : 'released';
	})
};
