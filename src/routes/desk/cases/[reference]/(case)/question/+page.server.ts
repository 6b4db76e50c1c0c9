import { askReporter } from '#lib/server/cases/message.ts';
import { deskVerb } from '#lib/server/web/desk-verb.ts';

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await askReporter(actor, reference, data);
		return 'asked';
	})
};
