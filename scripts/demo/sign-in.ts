import { SESSION_COOKIE } from '#lib/server/people/sign-in/session.ts';

/** Posts a form of the site as a browser would. */
export function submit(origin: string, path: string, fields: Record<string, string>, cookie = ''): Promise<Response> {
	return fetch(origin + path, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, cookie, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(fields),
		signal: AbortSignal.timeout(20_000)
	});
}

/** Signs in by the page's own form. @returns the cookie of the session */
export async function signIn(origin: string, username: string, password: string): Promise<string> {
	const answer = await submit(origin, '/login', { username, password });
	const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`));
	if (!cookie) throw new Error(`${username} could not sign in: ${answer.status}`);
	return cookie.split(';')[0] ?? '';
}
