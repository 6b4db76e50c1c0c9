import { redirect } from '@sveltejs/kit';
import { SESSION_COOKIE, signOut } from '#lib/server/people/sign-in/session.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const POST = async ({ cookies }) => {
	const sessionId = cookies.get(SESSION_COOKIE);
	if (sessionId) await signOut(sessionId);
	cookies.delete(SESSION_COOKIE, { path: '/' });
	forgetPages(cookies);
	redirect(303, '/login');
};

// A link, or the address typed by hand, signs nobody out: only the button does.
export const GET = () => redirect(303, '/login');
