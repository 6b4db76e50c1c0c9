import type { Cookies } from '@sveltejs/kit';

/** Cookie with the session id: HttpOnly, SameSite=Lax. Over https it is Secure and has a prefix (`prefixed-cookies.ts`). */
export const SESSION_COOKIE = 'sesi';

/** Sets the session cookie until the session expires. */
export function setSessionCookie(cookies: Cookies, sessionId: string, expires: Date): void {
	cookies.set(SESSION_COOKIE, sessionId, { path: '/', httpOnly: true, sameSite: 'lax', expires });
}

export const deleteSessionCookie = (cookies: Cookies): void => cookies.delete(SESSION_COOKIE, { path: '/' });
