import { decideAccessChange, takeBackAccessChange } from '#lib/server/people/access/changes.ts';
import { listAccessChanges } from '#lib/server/people/access/list.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import { roleInLetter } from '#lib/words/access.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor, { url }) => {
	const view = url.searchParams.get('view') === 'ended' ? ('ended' as const) : ('waiting' as const);
	return {
		view,
		changes: await listAccessChanges(actor, view),
		done: url.searchParams.has('done'),
		zone: await firstZone()
	};
});

export const actions = {
	// Returns a password link without a redirect, because it is shown once and must not be in an address.
	decide: formAction(
		async (actor, { data }, event: RequestEvent) => {
			const link = await decideAccessChange(actor, String(data.id ?? ''), data);
			if (!link) return '/me/access?done';
			const address = `${mainOrigin(event)}/sandi/${link.token}`;
			const { name, username } = data;
			const change = (await listAccessChanges(actor, 'ended')).find(({ id }) => id === data.id);
			const role = change ? inLocale('id', () => roleInLetter(change)) : null;
			return { name: String(name), username: String(username), role, link: address, expiresAt: link.expiresAt };
		},
		{ confirm: true }
	),
	takeBack: changeThenOpen((actor, data) => takeBackAccessChange(actor, String(data.id ?? '')), '/me/access?done')
};
