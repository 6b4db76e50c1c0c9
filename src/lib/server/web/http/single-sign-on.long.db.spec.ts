import { isHttpError, type RequestEvent } from '@sveltejs/kit';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { makeActor, makeSession, makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { ProviderBrowser, startIdentityProvider, type Faults } from '#lib/dev/testing/sign-in/identity-provider.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { enrolSecondFactor } from '#lib/dev/testing/sign-in/second-factor.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { rateLimits, providerIdentities } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeAccount } from '#lib/server/people/accounts.ts';
import { sessionActor } from '#lib/server/people/sign-in/session.ts';
import { linkedSince, unlinkIdentity } from '#lib/server/people/sign-in/single-sign-on.ts';
import { unfinishedSignInCookie } from '../cookies/devices.ts';
import { SESSION_COOKIE } from '../cookies/session-cookie.ts';
import { finishSignOn, startSignOn } from './single-sign-on.ts';

const SITE = 'http://localhost:4999';
const RETURN = `${SITE}/login/sso/kembali`;

let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
let admin: Actor;
let unitId: string;

beforeAll(async () => {
	provider = await startIdentityProvider([RETURN]);
	unitId = (await makeUnit()).id;
	admin = await makeActor([[unitId, 'admin']]);
});
beforeEach(async () => {
	overrideEnv(provider.settings);
	provider.fail();
	await db().delete(rateLimits);
});
afterAll(() => provider.close());

/** A browser of the site, with its cookies. */
class Browser extends ProviderBrowser {
	readonly cookies = new Map<string, string>();

	async event(url: URL | string = SITE): Promise<RequestEvent> {
		const session = await sessionActor(this.cookies.get(SESSION_COOKIE) ?? '');
		const locals = { lang: 'id', actor: session?.actor ?? null, session: session?.session };
		return requestTo(String(url), { jar: this.cookies, locals });
	}

	async enterAs(accountId: string, confirmedAt?: Date) {
		const { sessionId } = await makeSession(accountId, '', confirmedAt);
		this.cookies.set(SESSION_COOKIE, sessionId);
	}

	/** Begins at the site. @returns the provider's page */
	async begin(purpose: 'enter' | 'link' | 'confirm', next = '') {
		const event = await this.event();
		const session = event.locals.session;
		return (await startSignOn(event, { purpose, session: session?.id, accountId: session?.accountId, next })) ?? '';
	}

	/** Comes back to the site. @returns where the site leads to */
	async comeBack(url: URL): Promise<string> {
		return addressOf(finishSignOn(await this.event(url)));
	}

	/** The whole way. */
	async goThrough(purpose: 'enter' | 'link' | 'confirm', name: string, next = '') {
		return this.comeBack(await this.signIn(await this.begin(purpose, next), name));
	}

	session = async () => (await sessionActor(this.cookies.get(SESSION_COOKIE) ?? ''))?.session;
}

const person = () => makeUser([[unitId, 'handler']], 'kopi susu tanpa gula');
let people = 0;
const newSubject = () => `pegawai${(people += 1)}`;

/** An account that its owner has linked. */
async function linked() {
	const [made, subject, browser] = [await person(), newSubject(), new Browser()];
	await browser.enterAs(made.id);
	expect(await browser.goThrough('link', subject)).toBe('/me/security?sso=linked#sso');
	return { ...made, subject, browser };
}

test('an identity that no owner linked signs nobody in and creates nothing', async () => {
	const before = await db().select().from(accounts);
	const browser = new Browser();
	expect(await browser.goThrough('enter', newSubject())).toBe('/login?sso=unlinked');
	expect(await browser.session()).toBeUndefined();
	expect(await db().select().from(accounts)).toHaveLength(before.length);
	expect(await db().select().from(providerIdentities)).toEqual([]);
});

test('a linked account signs in without a password, on the page that was asked for on this site', async () => {
	const { id, subject, username } = await linked();
	const browser = new Browser();
	expect(await browser.goThrough('enter', subject, '/desk/register')).toBe('/desk/register');
	expect((await browser.session())?.accountId).toBe(id);
	for (const next of ['//elsewhere.example', 'https://elsewhere.example/', '/\\elsewhere.example']) {
		expect(await new Browser().goThrough('enter', subject, next)).toBe('/desk');
	}
	expect((await logOf(username)).map(({ action }) => action)).toEqual([
		'single_sign_on.linked',
		...Array<string>(4).fill('sign_in.entered')
	]);
});

test('an identity is linked with one account, and an account with one identity; an unlinked one is free again', async () => {
	const one = await linked();
	const [other, browser] = [await person(), new Browser()];
	await browser.enterAs(other.id);
	expect(await browser.goThrough('link', one.subject)).toBe('/me/security?sso=taken#sso');
	expect(await linkedSince(other.id)).toBeNull();
	expect(await one.browser.goThrough('link', newSubject())).toBe('/me/security?sso=taken#sso');
	await unlinkIdentity(one.id);
	expect(await new Browser().goThrough('enter', one.subject)).toBe('/login?sso=unlinked');
	expect(await new Browser().signIn(await browser.begin('link'), one.subject).then((at) => browser.comeBack(at))).toBe(
		'/me/security?sso=linked#sso'
	);
	expect((await logOf(one.username)).map(({ action }) => action)).toEqual([
		'single_sign_on.linked',
		'single_sign_on.unlinked'
	]);
});

test('an account is linked only in the session in which its owner began', async () => {
	const [one, other, browser] = [await person(), await person(), new Browser()];
	await browser.enterAs(one.id);
	const back = await browser.signIn(await browser.begin('link'), newSubject());
	await browser.enterAs(other.id);
	expect(await browser.comeBack(back)).toBe('/me/security?sso=expired#sso');
	for (const { id } of [one, other]) expect(await linkedSince(id)).toBeNull();
});

test('a response works once, in the browser that began, for five minutes', async () => {
	const { subject } = await linked();
	const [browser, thief] = [new Browser(), new Browser()];
	const back = await browser.signIn(await browser.begin('enter'), subject);
	expect(await thief.comeBack(back)).toBe('/login?sso=expired');
	await thief.begin('enter');
	expect(await thief.comeBack(back)).toBe('/login?sso=invalid');
	const step = [...browser.cookies];
	expect(await browser.comeBack(back)).toBe('/desk');
	expect(await browser.comeBack(back)).toBe('/login?sso=expired');
	// The provider refuses the code, even to a browser that kept its cookie.
	for (const [name, value] of step) thief.cookies.set(name, value);
	expect(await thief.comeBack(back)).toBe('/login?sso=invalid');
	const late = await browser.signIn(await browser.begin('enter'), subject);
	await inHours(0.1, async () => expect(await browser.comeBack(late)).toBe('/login?sso=expired'));
});

test.each<[string, Faults]>([
	['another audience', { claims: (claims) => ({ ...claims, aud: 'another-site' }) }],
	['another nonce', { claims: (claims) => ({ ...claims, nonce: 'another' }) }],
	['another issuer', { claims: (claims) => ({ ...claims, iss: 'https://elsewhere.example' }) }],
	['an old token', { claims: (claims) => ({ ...claims, exp: 1_700_000_000 }) }],
	['a foreign signature', { foreignKey: true }]
])('a token with %s is refused', async (_, faults) => {
	const { subject } = await linked();
	const browser = new Browser();
	const back = await browser.signIn(await browser.begin('enter'), subject);
	provider.fail(faults);
	expect(await browser.comeBack(back)).toBe('/login?sso=invalid');
	expect(await browser.session()).toBeUndefined();
});

test('a response of another provider or with another state is refused, and a refusal is shown', async () => {
	const { subject } = await linked();
	const browser = new Browser();
	for (const [name, value, outcome] of [
		['iss', 'https://elsewhere.example', 'invalid'],
		['state', 'another', 'invalid'],
		['code', 'another', 'invalid']
	] as const) {
		const back = await browser.signIn(await browser.begin('enter'), subject);
		back.searchParams.set(name, value);
		expect(await browser.comeBack(back), name).toBe(`/login?sso=${outcome}`);
	}
	const refused = new URL(RETURN);
	const state = new URL(await browser.begin('enter')).searchParams.get('state') ?? '';
	for (const [name, value] of Object.entries({ error: 'access_denied', state, iss: provider.issuer }))
		refused.searchParams.set(name, value);
	expect(await browser.comeBack(refused)).toBe('/login?sso=refused');
});

test('a provider that is away blocks nothing, and works again afterwards', async () => {
	const { subject } = await linked();
	const browser = new Browser();
	for (const fault of [500, 503]) {
		const back = await browser.signIn(await browser.begin('enter'), subject);
		provider.fail({ paths: { '/token': fault } });
		expect(await browser.comeBack(back)).toBe('/login?sso=away');
		provider.fail();
	}
	overrideEnv({ OIDC_ISSUER: 'http://127.0.0.1:9' });
	expect(await browser.begin('enter')).toBe('');
	overrideEnv(provider.settings);
	provider.fail({ paths: { 'openid-configuration': 500 } });
	expect(await browser.begin('enter')).toBe('');
	provider.fail();
	expect(await browser.goThrough('enter', subject)).toBe('/desk');
});

test('a switched-off account stays out, and its identity is free', async () => {
	const { id, name, subject } = await linked();
	await db().update(accounts).set({ active: false }).where(eq(accounts.id, id));
	expect(await new Browser().goThrough('enter', subject)).toBe('/login?sso=unlinked');
	await db().update(accounts).set({ active: true }).where(eq(accounts.id, id));
	await changeAccount(admin, id, { name, active: false });
	expect(await linkedSince(id)).toBeNull();
});

test('an account with a sign-in code is asked for it', async () => {
	const { id, subject } = await linked();
	await enrolSecondFactor(id);
	const browser = new Browser();
	expect(await browser.goThrough('enter', subject, '/desk/new')).toBe('/login/kode?next=%2Fdesk%2Fnew');
	expect(await browser.session()).toBeUndefined();
	const { cookies } = await browser.event();
	expect((await unfinishedSignInCookie.read(cookies))?.code).toMatchObject({ accountId: id });
});

test('only a password that was just typed at the provider confirms a session, and only by the owner’s identity', async () => {
	const { id, subject, browser } = await linked();
	const confirmed = async () => ((await browser.session())?.confirmedAt.getTime() ?? 0) > 0;
	await browser.enterAs(id, new Date(0));
	const stranger = await new ProviderBrowser().signIn(await browser.begin('confirm'), newSubject());
	expect(await browser.comeBack(stranger)).toBe('/me/security?sso=not_confirmed#sso');
	// Somebody at an open browser removes the request for the password; the provider knows the browser.
	const url = new URL(await browser.begin('confirm'));
	expect(url.searchParams.get('prompt')).toBe('login');
	for (const name of ['prompt', 'max_age']) url.searchParams.delete(name);
	provider.fail({ claims: (claims) => ({ ...claims, auth_time: Number(claims.auth_time) - 120 }) });
	expect(await browser.comeBack(await browser.signIn(url.href, subject))).toBe('/me/security?sso=not_confirmed#sso');
	provider.fail({ claims: ({ auth_time: _, ...claims }) => claims });
	expect(await browser.goThrough('confirm', subject)).not.toContain('=confirmed');
	expect(await confirmed()).toBe(false);
	expect(await browser.goThrough('confirm', subject)).toBe('/me/security?sso=confirmed#sso');
	expect(await confirmed()).toBe(true);
	await enrolSecondFactor(id, (await browser.session())?.id);
	await browser.enterAs(id, new Date(0));
	expect(await browser.goThrough('confirm', subject)).toBe('/login/kode?next=');
	expect(await confirmed()).toBe(false);
});

test('a session that the provider opened is confirmed only as of when the password was typed there', async () => {
	const { subject } = await linked();
	const browser = new Browser();
	const typedAt = Math.floor(Date.now() / 1000) - 3600;
	const back = await browser.signIn(await browser.begin('enter'), subject);
	provider.fail({ claims: (claims) => ({ ...claims, auth_time: typedAt }) });
	await browser.comeBack(back);
	expect((await browser.session())?.confirmedAt).toEqual(new Date(typedAt * 1000));
});

test('above the limit of an address the provider is not asked, and without a provider there is no such page', async () => {
	const { subject } = await linked();
	const browser = new Browser();
	const back = await browser.signIn(await browser.begin('enter'), subject);
	await db().update(rateLimits).set({ points: 1000 });
	expect(await browser.comeBack(back)).toBe('/login?sso=busy');
	overrideEnv({ OIDC_ISSUER: undefined });
	await expect(browser.begin('enter')).rejects.toSatisfy((cause) => isHttpError(cause, 404));
	await expect(browser.comeBack(back)).rejects.toSatisfy((cause) => isHttpError(cause, 404));
});
