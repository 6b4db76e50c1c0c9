import { accountHoldings, handOverAccount } from '#lib/server/cases/handling/account-handover.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => ({
	id: params.id,
	holdings: await accountHoldings(actor, params.id)
}));

export const actions = {
	default: formAction(
		async (actor, { data }, { params }: RequestEvent) => {
			const handedOver = await handOverAccount(actor, params.id, data);
			const to = new URLSearchParams([...handedOver].map(([id, count]) => ['to', `${id}.${count}`]));
			return `/admin/people/${params.id}?handed&${to}`;
		},
		{ confirm: true }
	)
};
