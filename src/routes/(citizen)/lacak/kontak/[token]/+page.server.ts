import { redirect } from '@sveltejs/kit';
import { officeHeader } from '#lib/server/people/units/find-unit.ts';
import { confirmContact, contactToConfirm } from '#lib/server/privacy/requests/decide.ts';
import { asForm, asPage } from '#lib/server/web/http/error-responses.ts';

/** Opening the link changes nothing, because mail scanners open every link. */
export const load = ({ params }) =>
	asPage(async () => {
		const { unit, waiting } = await contactToConfirm(params.token);
		return { waiting, ...(unit && { unit: await officeHeader(unit) }) };
	});

export const actions = {
	default: ({ params }) =>
		asForm({}, async () => {
			await confirmContact(params.token);
			return redirect(303, '?selesai');
		})
};
