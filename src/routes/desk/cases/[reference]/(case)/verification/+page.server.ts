import { verifyCase } from '#lib/server/cases/verify.ts';
import { deskVerb } from '#lib/server/web/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await verifyCase(actor, reference, data);
		return 'verified';
	})
};
