import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { NotFound } from '#lib/server/errors.ts';
import { readPasswordLink, usePasswordLink } from '#lib/server/people/sign-in/password-links.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readForm } from '#lib/server/web/http/form.ts';

async function whileGood<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		if (cause instanceof NotFound) error(404, { message: m.login_link_gone() });
		throw cause;
	}
}

export const load = ({ params }) =>
	whileGood(async () => {
		const { username, name } = await readPasswordLink(params.token);
		return { username, name };
	});

export const actions = {
	default: async ({ request, params, cookies }) => {
		const { typed } = await readForm(request);
		// The typed passwords are not returned to the page.
		return asForm({}, () =>
			whileGood(async () => {
				await usePasswordLink(params.token, String(typed.password ?? ''), String(typed.again ?? ''));
				forgetPages(cookies);
				redirect(303, '/login?sandi');
			})
		);
	}
};
