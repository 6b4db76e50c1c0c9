import { visitPage } from '#lib/server/visits/guest-book.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = (event) =>
	asPage(async () => {
		const { id, unit, expiresAt, token } = await visitPage(signedIn(event.locals), event.params.id);
		return {
			visit: { id, unit: unit.name, timeZone: unit.timeZone, expiresAt },
			address: token && `${mainOrigin(event)}/nilai/${token}`,
			size: event.url.searchParams.get('size') === 'a6' ? ('a6' as const) : ('roll' as const)
		};
	});
