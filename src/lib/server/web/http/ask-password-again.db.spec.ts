import { isActionFailure, type RequestEvent } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { makeActor, makeSession, makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { addressOf, requestTo } from '#lib/dev/testing/request.ts';
import { noteConfirmed, sessionActor } from '#lib/server/people/sign-in/session.ts';
import { db } from '#lib/server/db/index.ts';
import { providerIdentities } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { invalid } from '#lib/server/errors.ts';
import { SESSION_COOKIE } from '../cookies/session-cookie.ts';
import type { FormResult } from './error-responses.ts';
import { enterSite } from './identify.ts';
import { formAction } from './staff-page.ts';

const PASSWORD = 'kopi susu tanpa gula';

/** Sends fields to an action in a session, as a browser does. */
const sender =
	(action: (event: RequestEvent) => Promise<unknown>, sessionId: string) => async (fields: Record<string, string>) => {
		const found = await sessionActor(sessionId);
		const locals = { actor: found?.actor, session: found?.session, lang: 'id' };
		return addressOf(action(requestTo('/', { fields, locals })));
	};

test('an action that needs the password asks for it after 15 minutes, keeps what was typed and then goes on', async () => {
	const unit = await makeUnit();
	const { id } = await makeUser([[unit.id, 'admin']], PASSWORD);
	const { sessionId } = await makeSession(id);
	const done: unknown[] = [];
	const action = formAction(
		async (_actor, { data }) => {
			await Promise.resolve(done.push(data.reason));
			return '/done';
		},
		{ confirm: true, lists: ['roles'] }
	);
	const send = sender(action, sessionId);
	const typed = { reason: 'Alasan yang panjang', roles: 'handler' };
	expect(await send(typed)).toBe('/done');

	await inHours(0.3, async () => {
		const asked = await send(typed);
		expect(isActionFailure(asked) && asked.data).toEqual({
			issues: [],
			typed: { reason: 'Alasan yang panjang', roles: ['handler'] },
			confirm: { hasCode: false, provider: null }
		});
		const refused = await send({ ...typed, password: 'kopi susu dengan gula' });
		expect(isActionFailure(refused) && refused.data).toMatchObject({
			issues: [{ path: 'password', code: 'password_wrong' }],
			typed: { reason: 'Alasan yang panjang' }
		});
		expect(JSON.stringify(refused)).not.toContain('dengan gula');
		expect(done).toHaveLength(1);
		expect(await send({ ...typed, password: PASSWORD })).toBe('/done');
		expect(await send(typed)).toBe('/done');
		expect(done).toHaveLength(3);
	});
});

test('an action can ask for some of its forms only', async () => {
	const unit = await makeUnit();
	const { sessionId } = await makeSession((await makeUser([[unit.id, 'admin']], PASSWORD)).id, '', new Date(0));
	const confirm = ({ data }: { data: Record<string, unknown> }) => data.confirmed === 'yes';
	const send = sender(
		formAction(() => Promise.resolve('/done'), { confirm }),
		sessionId
	);
	expect(await send({ confirmed: 'no' })).toBe('/done');
	expect(isActionFailure(await send({ confirmed: 'yes' }))).toBe(true);
});

test('secrets of a channel go on through the question for the password, and a refused form asks for them again', async () => {
	const unit = await makeUnit();
	const { sessionId } = await makeSession((await makeUser([[unit.id, 'admin']], PASSWORD)).id, '', new Date(0));
	const stored: unknown[] = [];
	const action = formAction(
		async (_actor, { data }) => {
			if (!data.address) throw invalid('address', 'phone');
			await Promise.resolve(stored.push([data.appSecret, data.headers]));
			return '/done';
		},
		{ confirm: async ({ data }) => Promise.resolve(Boolean(data.address)), secrets: ['token', 'appSecret', 'headers'] }
	);
	const send = sender(action, sessionId);
	const answer = async (fields: Record<string, string>) => {
		const refused = await send(fields);
		return isActionFailure(refused) ? (refused.data as unknown as FormResult) : undefined;
	};
	const secrets = { appSecret: 'rahasia-baru', headers: 'Authorization: Bearer a\nX-Id: 1' };
	const typed = { address: '0811', token: '', ...secrets };
	expect(await answer(typed)).toMatchObject({ typed: secrets, confirm: { hasCode: false } });
	const wrong = await answer({ ...typed, password: 'kopi susu dengan gula' });
	expect(wrong).toMatchObject({ typed: secrets, issues: [{ path: 'password' }] });
	expect(JSON.stringify(wrong)).not.toContain('dengan gula');

	const incomplete = await answer({ ...typed, address: '' });
	expect(incomplete?.issues.map(({ path, code }) => [path, code])).toEqual([
		['address', 'phone'],
		['appSecret', 'secret_again'],
		['headers', 'secret_again']
	]);
	expect(JSON.stringify(incomplete)).not.toContain('rahasia-baru');
	expect(stored).toEqual([]);
	expect(await send({ ...typed, password: PASSWORD })).toBe('/done');
	expect(stored).toEqual([[secrets.appSecret, secrets.headers]]);
});

test('people with a linked account can confirm at the identity provider and then send the form without a password', async () => {
	const unit = await makeUnit();
	const { id } = await makeUser([[unit.id, 'admin']], PASSWORD);
	overrideEnv({ OIDC_ISSUER: 'https://sso.contoh.go.id', OIDC_LABEL: 'Portal Contoh' });
	const { sessionId } = await makeSession(id, '', new Date(0));
	const send = sender(
		formAction(() => Promise.resolve('/done'), { confirm: true }),
		sessionId
	);
	const offered = async (fields: Record<string, string>) => {
		const asked = await send(fields);
		return isActionFailure(asked) ? asked.data : asked;
	};
	expect(await offered({})).toMatchObject({ confirm: { provider: null } });
	await db().insert(providerIdentities).values({ accountId: id, issuer: 'x', subject: id, linkedAt: new Date() });
	expect(await offered({})).toMatchObject({ confirm: { provider: 'Portal Contoh' }, issues: [] });
	expect(await offered({ password: '', at_provider: 'yes' })).toMatchObject({ issues: [{ code: 'sso_not_yet' }] });
	await noteConfirmed((await sessionActor(sessionId))?.session.id ?? '');
	expect(await send({ password: '', at_provider: 'yes' })).toBe('/done');
});

test('a sign-in ends the session that the browser had before', async () => {
	const unit = await makeUnit();
	const actor = await makeActor([[unit.id, 'handler']]);
	const [former, opened] = [await makeSession(actor), await makeSession(actor)];
	const jar = new Map([[SESSION_COOKIE, former.sessionId]]);
	const device = { id: crypto.randomUUID(), marks: [] };
	await addressOf(enterSite(requestTo('/login', { jar }), { ...opened, actor, device }, '/desk'));
	expect(jar.get(SESSION_COOKIE)).toBe(opened.sessionId);
	expect(await sessionActor(former.sessionId)).toBeUndefined();
	expect(await sessionActor(opened.sessionId)).toBeDefined();
});
