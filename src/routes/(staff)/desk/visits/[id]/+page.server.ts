import { beginVisit, closeVisit, correctVisit } from '#lib/server/visits/entries.ts';
import { visitPage } from '#lib/server/visits/guest-book.ts';
import { visitChoices, visitVerb } from '#lib/server/web/forms/guest-book.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, event) => {
	const { token, ...visit } = await visitPage(actor, event.params.id);
	return {
		visit,
		address: token && `${mainOrigin(event)}/nilai/${token}`,
		choices: await visitChoices(event, visit.unit.id),
		done: event.url.searchParams.get('done')
	};
});

export const actions = {
	begin: visitVerb('begun', beginVisit),
	close: visitVerb('closed', closeVisit),
	correct: visitVerb('corrected', correctVisit)
};
