import { redirect } from '@sveltejs/kit';
import { now } from '#lib/server/clock.ts';
import { decideAccessChange, takeBackAccessChange } from '#lib/server/people/access/changes.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/gate.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const view = url.searchParams.get('view') === 'ended' ? ('ended' as const) : ('waiting' as const);
		return {
			view,
			changes: await listAccessChanges(signedIn(locals), view),
			done: url.searchParams.has('done'),
			now: now(),
			zone: await firstZone()
		};
	});

export const actions = {
	// No redirect for a printed link: it is shown once and must not be in an address.
	decide: async (event) => {
		const { data, typed } = await readForm(event.request);
		return asForm(typed, async () => {
			const link = await decideAccessChange(signedIn(event.locals), String(data.id ?? ''), data);
			if (!link) redirect(303, '/me/access?done');
			return { link: `${mainOrigin(event)}/sandi/${link.token}`, expiresAt: link.expiresAt, name: String(data.name) };
		});
	},
	takeBack: async ({ request, locals }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await takeBackAccessChange(signedIn(locals), String(data.id ?? ''));
			redirect(303, '/me/access?done');
		});
	}
};
