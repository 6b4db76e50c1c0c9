import { firstReplyPromise } from '#lib/server/cases/clocks/view-clocks.ts';
import { publicPageOf, publicProof } from '#lib/server/insight/public-page.ts';
import { openOffice, openOffices } from '#lib/server/people/units/find-unit.ts';
import { shownLinks } from '#lib/server/people/units/links.ts';
import { skmOffice } from '#lib/server/skm/office.ts';
import { hasSkmResults } from '#lib/server/skm/publications.ts';
import { scannedPlace } from '#lib/server/web/cookies/citizen-cookies.ts';
import { dropInvitation } from '#lib/server/web/cookies/complaint-prefill.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const load = (event) =>
	asPage(async () => {
		dropInvitation(event.cookies);
		const unit = await openOffice(event.params.unit, event.locals.actor);
		const place = await scannedPlace(event, unit.id);
		return {
			promised: await firstReplyPromise(unit, 'complaint'),
			place: place && { name: place.name },
			links: await shownLinks(unit, 'office_page', event.locals.lang),
			others: (await openOffices()).length > 1,
			surveyed: (await skmOffice(unit.id)) !== undefined,
			surveyResults: await hasSkmResults(unit.id),
			figures: (await publicPageOf(unit.id)).active,
			proof: await publicProof(unit)
		};
	});
