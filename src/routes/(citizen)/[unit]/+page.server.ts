import { firstReplyPromise } from '#lib/server/cases/promise.ts';
import { openOffice, openOffices } from '#lib/server/people/offices.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { scannedPlace } from '#lib/server/web/citizen-cookies.ts';

export const load = (event) =>
	asPage(async () => {
		const unit = await openOffice(event.params.unit);
		const [promised, place, offices] = await Promise.all([
			firstReplyPromise(unit, 'complaint'),
			scannedPlace(event, unit.id),
			openOffices()
		]);
		return { promised, place: place && { name: place.name }, others: offices.length > 1 };
	});
