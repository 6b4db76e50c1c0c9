import { decideRequest, liftRestriction } from '#lib/server/privacy/requests/decide.ts';
import { readRequest } from '#lib/server/privacy/requests/register.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({ request: await readRequest(actor, params.id) }));

export const actions = {
	decide: formAction(async (actor, { data }, { params }) => {
		await decideRequest(actor, params.id, data);
		return `/admin/privasi/permintaan/${params.id}?saved`;
	}),
	lift: formAction(
		async (actor, { data }, { params }) => {
			await liftRestriction(actor, params.id, data);
			return `/admin/privasi/permintaan/${params.id}?saved`;
		},
		{ part: 'lift' }
	)
};
