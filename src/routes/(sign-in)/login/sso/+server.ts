import { error, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { startSignOn } from '#lib/server/web/http/single-sign-on.ts';

/**
 * Redirects to the identity provider: to sign in, or with `?pastikan` to confirm that the session's owner is present.
 * It answers a link, because the content security policy forbids forms that lead to another site. Linking an account
 * begins with a form on /me/security.
 */
export const GET = async (event) => {
	const { session } = event.locals;
	const confirms = event.url.searchParams.has('pastikan');
	if (confirms && !session?.linked) error(404, { message: m.error_not_found() });
	const next = event.url.searchParams.get('next') ?? '';
	const to = await startSignOn(
		event,
		confirms ? { purpose: 'confirm', session: session?.id } : { purpose: 'enter', next }
	);
	redirect(303, to ?? (confirms ? '/me/security?sso=away#sso' : '/login?sso=away'));
};
