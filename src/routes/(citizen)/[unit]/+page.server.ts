import { asPage } from '#lib/server/web/http/error-responses.ts';
import { scannedPlace } from '#lib/server/web/cookies/citizen-cookies.ts';
import { dropInvitation } from '#lib/server/web/cookies/complaint-prefill.ts';
import { frontDoor } from '#lib/server/web/front-door.ts';

export const load = (event) =>
	asPage(async () => {
		dropInvitation(event.cookies);
		const { unit, promised, others, surveyed, figures } = await frontDoor(event.params.unit);
		const place = await scannedPlace(event, unit.id);
		return { promised, place: place && { name: place.name }, others, surveyed, figures };
	});
