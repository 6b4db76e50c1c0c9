import { redirect, type RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { logFailedWrite } from '#lib/server/db/free-space.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { addressKey, noteNetwork } from '#lib/server/rate-limits.ts';
import type { Device } from '#lib/server/people/sign-in/known-devices.ts';
import { sessionActor, signOut } from '#lib/server/people/sign-in/session.ts';
import { tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { clientAddress } from './address.ts';
import { forgetPages } from './forget-pages.ts';
import { isApiCall, landingPage } from './page-access.ts';
import { staffDeviceCookie } from '../cookies/devices.ts';
import { deleteSessionCookie, SESSION_COOKIE, setSessionCookie } from '../cookies/session-cookie.ts';

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
		deleteSessionCookie(event.cookies);
		forgetPages(event.cookies);
		return null;
	}
	await noteActivity(event, session.accountId);
	// The session was extended in the database, so its cookie is renewed too.
	if (session.fresh) setSessionCookie(event.cookies, sessionId, session.expiresAt);
	event.locals.session = session.session;
	return session.actor;
}

/** When this process last stored an account's network. It has to be known by the day, not by the minute. */
const storedAt = new Map<string, number>();
const STORE_INTERVAL_MS = 30 * MINUTE_MS;
const MAX_ACCOUNTS = 1000;

/** Stores the network of a staff account, so that ratings from the officer's own network are recognised. */
async function noteActivity(event: RequestEvent, accountId: string): Promise<void> {
	const address = addressKey(clientAddress(event));
	const key = `${accountId} ${address}`;
	const at = now().getTime();
	if ((storedAt.get(key) ?? -Infinity) + STORE_INTERVAL_MS > at) return;
	if (storedAt.size >= MAX_ACCOUNTS) storedAt.clear();
	storedAt.set(key, at);
	// A failure to store the network must not fail the request.
	await noteNetwork(accountId, address).catch((error: unknown) => {
		storedAt.delete(key);
		logFailedWrite('the network of an account was not noted')(error);
	});
}

interface Entered {
	sessionId: string;
	expiresAt: Date;
	actor: Actor;
	device: Device;
}

/** Gives a browser the opened session instead of its former one, and leads to the requested page. */
export async function enterSite(event: RequestEvent, entered: Entered, next: string): Promise<never> {
	const former = event.cookies.get(SESSION_COOKIE);
	// The browser is about to forget its id, so signing out would no longer end it.
	if (former) await signOut(former);
	setSessionCookie(event.cookies, entered.sessionId, entered.expiresAt);
	await staffDeviceCookie.write(event.cookies, entered.device);
	redirect(303, await landingPage(next, entered.actor));
}
