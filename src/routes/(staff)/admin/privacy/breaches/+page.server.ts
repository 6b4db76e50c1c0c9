import { isRootAdmin } from '#lib/server/people/administration.ts';
import { listBreaches, recordBreach } from '#lib/server/privacy/breaches/book.ts';
import { breachAddresses, changeBreachAddresses, seenOfBreachAddresses } from '#lib/server/privacy/breaches/letters.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const cursor = url.searchParams.get('cursor') ?? undefined;
	const [list, addresses, mayChangeAddresses] = await Promise.all([
		listBreaches(actor, cursor),
		breachAddresses(),
		isRootAdmin(actor)
	]);
	const seen = seenOfBreachAddresses(addresses);
	const submissionId = crypto.randomUUID();
	return { ...list, addresses, seen, mayChangeAddresses, later: cursor !== undefined, submissionId };
});

export const actions = {
	record: formAction(async (actor, { data }) => `/admin/privacy/breaches/${await recordBreach(actor, data)}?saved`, {
		part: 'record'
	}),
	addresses: changeThenOpen(changeBreachAddresses, '/admin/privacy/breaches?saved')
};
