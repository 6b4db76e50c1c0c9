import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { ratingFormPage, receiveRating } from '#lib/server/web/forms/rating-form.ts';

export const load = (event) => asPage(async () => ratingFormPage(event, await openOffice(event.params.unit)));

export const actions = {
	default: (event) => asPage(async () => receiveRating(event, await openOffice(event.params.unit)))
};
