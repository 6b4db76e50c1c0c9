import { redirect } from '@sveltejs/kit';
import { signOut } from '#lib/server/people/sign-in/session.ts';
import { deskReceiptCookie } from '#lib/server/web/cookies/desk-receipt.ts';
import { deleteSessionCookie, SESSION_COOKIE } from '#lib/server/web/cookies/session-cookie.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { forgetPath } from '../(staff)/admin/guided-path.ts';

export const POST = async ({ cookies }) => {
	const sessionId = cookies.get(SESSION_COOKIE);
	if (sessionId) await signOut(sessionId);
	deleteSessionCookie(cookies);
	deskReceiptCookie.clear(cookies);
	forgetPath(cookies);
	forgetPages(cookies);
	redirect(303, '/login?keluar');
};

// GET does not sign out, so that a link or a prefetch can't. Only the button's POST does.
export const GET = () => redirect(303, '/login');
