import { redirect } from '@sveltejs/kit';
import { openToPublic } from '#lib/server/insight/open-to-public.ts';
import { officesToOpen } from '#lib/server/insight/setup-steps.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => {
	const all = await officesToOpen(actor);
	const [only] = all;
	if (only && all.length === 1) redirect(303, `/admin/mulai/${only.code}`);
	return { offices: all };
});

export const actions = {
	default: formAction(async (actor, { data }) => `/admin/mulai?opened=${(await openToPublic(actor, data)).join(',')}`, {
		lists: ['units']
	})
};
