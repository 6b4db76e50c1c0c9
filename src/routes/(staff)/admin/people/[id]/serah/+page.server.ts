import { accountHoldings, handOverAccount } from '#lib/server/cases/handling/account-handover.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { params }) => ({
	id: params.id,
	holdings: await accountHoldings(actor, params.id)
}));

export const actions = {
	default: changeThenOpen(
		(actor, data, { params }: RequestEvent) => handOverAccount(actor, params.id, data),
		({ params }: RequestEvent) => `/admin/people/${params.id}?saved`,
		{ confirm: true }
	)
};
