import { asPage } from '#lib/server/web/answers.ts';
import { scannedPlace } from '#lib/server/web/citizen-cookies.ts';
import { frontDoor } from '#lib/server/web/front-door.ts';
import { complaintPath, knownFrom } from '#lib/server/web/what-is-known.ts';

export const load = (event) =>
	asPage(async () => {
		const { unit, promised, others, surveyed, figures } = await frontDoor(event.params.unit);
		const place = await scannedPlace(event, unit.id);
		const complain = complaintPath(unit.slug, knownFrom(event.url));
		return { promised, place: place && { name: place.name }, complain, others, surveyed, figures };
	});
