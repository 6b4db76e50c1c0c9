import type { RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { isStorageFullError } from '#lib/server/db/free-space.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addressKey, noteNetwork } from '#lib/server/people/rate-limits.ts';
import { SESSION_COOKIE, sessionActor } from '#lib/server/people/sign-in/session.ts';
import { tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { clientAddress } from './address.ts';
import { forgetPages } from './forget-pages.ts';
import { isApiCall } from './page-access.ts';
import { secureCookies } from '../cookies/sealed-cookie.ts';

/** Identifies the actor: on `/api/` by token and never by cookie, elsewhere by the signed-in session. */
export async function identify(event: RequestEvent): Promise<Actor | null> {
	if (isApiCall(event)) {
		const [, token] = /^Bearer (\S+)$/i.exec(event.request.headers.get('authorization') ?? '') ?? [];
		return token ? ((await tokenActor(token)) ?? null) : null;
	}
	const sessionId = event.cookies.get(SESSION_COOKIE);
	if (!sessionId) return null;
	const session = await sessionActor(sessionId);
	if (!session) {
		event.cookies.delete(SESSION_COOKIE, { path: '/' });
		forgetPages(event.cookies);
		return null;
	}
	await noteActivity(event, session.accountId);
	// Sliding expiry: the database has a later end, the browser's copy follows.
	if (session.fresh) writeSession(event, sessionId, session.expiresAt);
	return session.actor;
}

/** When an account's network was last noted by this process: it has to be known for a day, not to the minute. */
const noted = new Map<string, number>();
const NOTED_MS = 30 * MINUTE_MS;
const MOST_NOTED = 1000;

/** So that ratings of an officer from the officer's own network are noticed. */
async function noteActivity(event: RequestEvent, accountId: string): Promise<void> {
	const address = addressKey(clientAddress(event));
	const key = `${accountId} ${address}`;
	const at = now().getTime();
	if ((noted.get(key) ?? -Infinity) + NOTED_MS > at) return;
	if (noted.size >= MOST_NOTED) noted.clear();
	noted.set(key, at);
	// A note that can't be stored keeps nobody from work.
	await noteNetwork(accountId, address).catch((error: unknown) => {
		noted.delete(key);
		isStorageFullError(error);
		log().warn({ err: error }, 'the network of an account was not noted');
	});
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
