import { redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { readPasswordLink, usePasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { asForm, asPageOfLink } from '#lib/server/web/http/error-responses.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readForm } from '#lib/server/web/http/form.ts';

const gone = () => ({ title: m.common_link_gone(), message: m.login_link_gone() });

export const load = ({ params }) =>
	asPageOfLink(async () => {
		const { username, name } = await readPasswordLink(params.token);
		return { username, name };
	}, gone);

export const actions = {
	default: async ({ request, params, cookies }) => {
		const { typed } = await readForm(request);
		// The typed passwords are not returned to the page.
		return asForm({}, () =>
			asPageOfLink(async () => {
				await usePasswordLink(params.token, String(typed.password ?? ''), String(typed.again ?? ''));
				forgetPages(cookies);
				redirect(303, '/login?sandi');
			}, gone)
		);
	}
};
