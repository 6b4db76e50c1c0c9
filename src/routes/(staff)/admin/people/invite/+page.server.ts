import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { invitePeople, peopleToInvite } from '#lib/server/staff-notices/invitations.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

export const load = withActor(async (actor) => ({ people: await peopleToInvite(actor), zone: await firstZone() }));

export const actions = {
	// Returns the links without a redirect, because they are shown once and must not be in an address.
	default: formAction(
		async (actor, { data }, event: RequestEvent) => {
			const { letters, ...others } = await invitePeople(actor, data);
			const address = `${mainOrigin(event)}/sandi/`;
			return { ...others, letters: letters.map(({ token, ...letter }) => ({ ...letter, link: address + token })) };
		},
		{ confirm: true, lists: ['accounts'] }
	)
};
