import { addAffected, listAffected, previewAffected } from '#lib/server/privacy/breaches/affected.ts';
import { markTold, notifyAffected } from '#lib/server/privacy/breaches/notify-affected.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor((actor, { params, url }) =>
	listAffected(actor, params.id, url.searchParams.get('cursor') || undefined)
);

const page = ({ params }: RequestEvent, done: string) => `/admin/privacy/breaches/${params.id}/affected?${done}`;

export const actions = {
	find: formAction(
		async (actor, { data, typed }, { params }: RequestEvent) => ({
			found: await previewAffected(actor, params.id, data),
			search: typed
		}),
		{ part: 'find' }
	),
	add: formAction(async (actor, { data }, event: RequestEvent) =>
		page(event, `added=${await addAffected(actor, event.params.id, data)}`)
	),
	tell: formAction(async (actor, _form, event: RequestEvent) =>
		page(event, `told=${await notifyAffected(actor, event.params.id)}`)
	),
	told: formAction(
		async (actor, { data }, event: RequestEvent) => {
			await markTold(actor, event.params.id, data);
			return page(event, `saved&cursor=${encodeURIComponent(event.url.searchParams.get('cursor') ?? '')}`);
		},
		{ part: 'told', lists: ['pick'] }
	)
};
