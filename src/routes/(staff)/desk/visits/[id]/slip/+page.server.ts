import { visitPage } from '#lib/server/visits/guest-book.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';

export const load = withActor(async (actor, event) => {
	const { id, unit, expiresAt, token } = await visitPage(actor, event.params.id);
	return {
		visit: { id, unit: unit.name, timeZone: unit.timeZone, expiresAt },
		address: token && `${mainOrigin(event)}/nilai/${token}`,
		size: event.url.searchParams.get('size') === 'a6' ? ('a6' as const) : ('roll' as const)
	};
});
