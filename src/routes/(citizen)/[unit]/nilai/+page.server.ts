import type { RequestEvent } from '@sveltejs/kit';
import { openOffice } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { ratingFormPage, receiveRating } from '#lib/server/web/forms/rating-form.ts';

const officeOf = ({ params, locals }: RequestEvent<{ unit: string }>) => openOffice(params.unit, locals.actor);

export const load = (event) => asPage(async () => ratingFormPage(event, await officeOf(event)));

export const actions = {
	default: (event) => receiveRating(event, () => officeOf(event))
};
