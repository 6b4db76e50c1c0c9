import { beginVisit, closeVisit, correctVisit } from '#lib/server/visits/entries.ts';
import { visitPage } from '#lib/server/visits/guest-book.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { visitChoices, visitVerb } from '#lib/server/web/forms/guest-book.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = (event) =>
	asPage(async () => {
		const { token, ...visit } = await visitPage(signedIn(event.locals), event.params.id);
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
