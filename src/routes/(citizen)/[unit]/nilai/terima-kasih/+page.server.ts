import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { thankYouPage } from '#lib/server/web/forms/rating-form.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

export const load = (event) =>
	asPage(async () => thankYouPage(event, await openOffice(event.params.unit, event.locals.actor)));
