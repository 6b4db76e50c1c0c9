import type { RequestEvent } from '@sveltejs/kit';
import type { Actor } from '../people/actor.ts';
import { SESSION_COOKIE, sessionActor } from '../people/session.ts';
import { tokenActor } from '../people/tokens.ts';
import { secureCookies } from './sealed-cookie.ts';

/** Who is asking: on `/api/` the bearer of a token and never a cookie, elsewhere the signed-in account. */
export async function identify(event: RequestEvent): Promise<Actor | null> {
	if (event.url.pathname.startsWith('/api/')) {
		const [, token] = /^Bearer (\S+)$/i.exec(event.request.headers.get('authorization') ?? '') ?? [];
		return token ? ((await tokenActor(token)) ?? null) : null;
	}
	const sessionId = event.cookies.get(SESSION_COOKIE);
	if (!sessionId) return null;
	const session = await sessionActor(sessionId);
	if (!session) {
		event.cookies.delete(SESSION_COOKIE, { path: '/' });
		return null;
	}
	// Sliding expiry: lucia moved the end in the database, the browser's copy follows.
	if (session.fresh) writeSession(event, sessionId, session.expiresAt);
	return session.actor;
}

/** Gives the browser the session it signed in with. */
export function writeSession(event: RequestEvent, sessionId: string, expires: Date): void {
	event.cookies.set(SESSION_COOKIE, sessionId, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: secureCookies(),
		expires
	});
}
