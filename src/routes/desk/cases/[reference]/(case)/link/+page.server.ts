import { linkCase } from '#lib/server/cases/linking/link.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';

/** `?main=` comes from the report that was proposed; a person still says so by the button. */
export const load = ({ url }) => ({ main: url.searchParams.get('main') });

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await linkCase(actor, reference, data);
		return 'linked';
	})
};
