import { redirect } from '@sveltejs/kit';
import { confirmContact, contactToConfirm } from '#lib/server/privacy/requests/decide.ts';
import { asForm, asPage } from '#lib/server/web/http/error-responses.ts';

/** Opening the link changes nothing, because mail scanners open every link. */
export const load = ({ params, url }) =>
	asPage(async () => ({ waiting: url.searchParams.has('selesai') ? null : await contactToConfirm(params.token) }));

export const actions = {
	default: ({ params }) =>
		asForm({}, async () => {
			await confirmContact(params.token);
			return redirect(303, '?selesai');
		})
};
