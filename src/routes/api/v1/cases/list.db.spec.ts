import { randomInt } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Actor } from '#lib/server/people/actor.ts';
import { listTokens } from '#lib/server/people/sign-in/tokens.ts';
import { callApi, withScopes } from '#lib/dev/testing/api/call-api.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { caseIn, makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { GET, POST } from './+server.ts';
import { GET as forwards } from '../escalations/+server.ts';
import { POST as rate } from '../ratings/+server.ts';
import { GET as tags } from '../tags/+server.ts';
import { POST as makeToken } from '../tokens/+server.ts';
import { GET as units } from '../units/+server.ts';
import { POST as forward } from './[reference]/escalations/+server.ts';

let office: Office;
let opened: Record<'root' | 'unit' | 'integrity' | 'elsewhere', string>;
beforeAll(async () => {
	office = await makeOffice();
	const sent = async (unit: { code: string }, changes = {}) => (await makeCase(unit, changes)).reference;
	opened = {
		root: await sent(office.root),
		unit: await sent(office.unit),
		integrity: await sent(office.unit, { category: 'integrity' }),
		elsewhere: await sent(await makeUnit())
	};
});

async function listed(actor: Actor, query: string): Promise<{ status: number; references: string[] }> {
	const response = await callApi(GET, withScopes(actor, 'cases:read'), { query });
	const { items = [] } = (await response.json()) as { items?: { reference: string }[] };
	return { status: response.status, references: items.map(({ reference }) => reference).sort() };
}

test('lists the unit’s own reports, and with scope=tree also those of units below', async () => {
	const { code, slug } = office.root;
	const all = [opened.root, opened.unit, opened.integrity].sort();
	expect((await listed(office.rootSupervisor, `unit=${code}&scope=tree`)).references).toEqual(all);
	expect((await listed(office.rootSupervisor, `unit=${slug}&scope=tree&kind=suggestion`)).references).toEqual([]);
	for (const own of [`unit=${code}`, `unit=${code}&scope=own`])
		expect((await listed(office.rootSupervisor, own)).references).toEqual([opened.root]);
	expect((await listed(office.rootSupervisor, `unit=${code}&scope=all`)).status).toBe(422);
});

test('scope=tree lists only cases that the actor may see', async () => {
	const handler = await makeActor([[office.root.id, 'handler']]);
	const both = [opened.root, opened.unit].sort();
	expect((await listed(handler, `unit=${office.root.code}&scope=tree`)).references).toEqual(both);
	expect((await listed(office.handler, `unit=${office.unit.code}&scope=tree`)).references).toEqual([opened.unit]);
	expect((await listed(office.handler, `unit=${office.root.code}&scope=tree`)).status).toBe(404);
});

test('a conflict names the present status and version where the OpenAPI document has them', async () => {
	const { reference, version } = await caseIn(office, 'verified');
	const stale = await callApi(forward, withScopes(office.handler, 'escalations:write'), {
		params: { reference },
		body: { purpose: 'record', reason: 'Perlu dicatat di SP4N-LAPOR!', version: version + 7 }
	});
	expect([stale.status, await stale.json()]).toEqual([
		409,
		expect.objectContaining({ code: 'stale', present: { status: 'verified', version } })
	]);
});

test('a forward is answered with its case, whose version the next call gives', async () => {
	const { reference, version } = await caseIn(office, 'verified');
	const response = await callApi(forward, withScopes(office.handler, 'escalations:write'), {
		params: { reference },
		body: { purpose: 'record', reason: 'Perlu dicatat di SP4N-LAPOR!', version }
	});
	expect(response.status).toBe(200);
	expect(await response.json()).toMatchObject({
		reference,
		status: 'in_progress',
		version: version + 1,
		escalations: [{ nn: 1, reference: `${reference}.01`, state: 'waiting' }]
	});
});

test('the same submission again gets the same body with 200, and another with its id is a conflict', async () => {
	for (const [route, scope, content, other] of [
		[POST, 'cases:write', { kind: 'complaint', body: 'x'.repeat(30), identity: 'none' }, { body: 'y'.repeat(30) }],
		[rate, 'ratings:write', { score: 4 }, { score: 1 }]
	] as const) {
		const sent = (changes = {}) =>
			callApi(route, withScopes(office.handler, scope), {
				body: { unit: office.unit.code, submission_id: 'berulang', ...content, ...changes }
			});
		const responses = [await sent(), await sent({ unit: office.unit.slug }), await sent(other)];
		expect(responses.map(({ status }) => status)).toEqual([201, 200, 409]);
		const [first, again, conflict] = await Promise.all(responses.map((response) => response.json()));
		expect(again).toEqual(first);
		expect(conflict).toMatchObject({ code: 'submission-reused' });
	}
});

test('a unit may be a JSON number, which reaches no office that its text does not reach', async () => {
	const digits = randomInt(10 ** 9, 10 ** 12);
	const sent = (unit: { code: string }, changes = {}) =>
		callApi(POST, withScopes(office.handler, 'cases:write'), {
			body: {
				unit: Number(unit.code),
				kind: 'complaint',
				body: 'x'.repeat(30),
				identity: 'none',
				submission_id: digits,
				...changes
			}
		});
	expect((await sent(office.unit)).status).toBe(201);
	expect((await sent(office.unit, { unit: office.unit.code })).status).toBe(200);
	expect((await sent(office.root)).status).toBe(404);
});

test('a report without an office is refused with its field, and a body of another type with 415', async () => {
	const actor = withScopes(office.handler, 'cases:write');
	for (const unit of ['', ' ', undefined]) {
		const response = await callApi(POST, actor, { body: { unit } });
		expect(response.status).toBe(422);
		const { errors } = (await response.json()) as { errors: object[] };
		expect(errors).toContainEqual(expect.objectContaining({ path: 'unit', code: 'unit_missing' }));
	}
	for (const [type, status] of [
		['application/JSON ; charset=utf-8', 422],
		['application/json-patch+json', 415],
		['application/jsonp', 415]
	] as const) {
		expect((await callApi(POST, actor, { body: {}, type })).status, type).toBe(status);
	}
});

test('the list of tags refuses an office out of reach and an unknown scope, as other lists do', async () => {
	const status = async (query: string) => {
		const response = await callApi(tags, withScopes(office.handler, 'directory:read'), { query });
		return response.status;
	};
	expect(await Promise.all(['', `unit=${office.unit.code}&scope=tree`].map(status))).toEqual([200, 200]);
	expect(await status(`unit=${office.root.code}`)).toBe(404);
	expect(await status('scope=xyz')).toBe(422);
});

test('a token that reads cases waits, and has the name that the caller gave it', async () => {
	const admin = withScopes(await makeActor([[office.unit.id, 'admin']]), 'tokens:write', 'cases:read');
	const scopes = ['cases:read'];
	const body = { account: office.handler.accountId, unit: office.unit.code, scopes, name: 'Antrean' };
	const response = await callApi(makeToken, admin, { body });
	expect([response.status, await response.json()]).toEqual([201, expect.objectContaining({ waiting: true })]);
	expect(await listTokens(admin)).toMatchObject([{ name: 'Antrean', scopes }]);
});

test('a cursor that no page has given is refused', async () => {
	const calls = [
		callApi(GET, withScopes(office.handler, 'cases:read'), { query: 'cursor=2026-11-29T' }),
		callApi(forwards, withScopes(office.handler, 'escalations:read'), { query: 'cursor=2026-11-29T01:00:00.000Z~7' })
	];
	for (const response of await Promise.all(calls)) {
		expect(response.status).toBe(422);
		expect(await response.json()).toMatchObject({ errors: [{ path: 'cursor', code: 'query_invalid' }] });
	}
	expect(await listed(office.handler, 'cursor=-~1')).toEqual({ status: 200, references: [] });
});

test('a report to a closed office is a conflict with a name of its own', async () => {
	const unit = await makeUnit({ state: 'closed' });
	const actor = await makeActor([[unit.id, 'handler']]);
	const body = {
		unit: unit.code,
		kind: 'complaint',
		body: 'x'.repeat(30),
		identity: 'none',
		submission_id: 'tertutup'
	};
	const response = await callApi(POST, withScopes(actor, 'cases:write'), { body });
	expect(response.status).toBe(409);
	expect(await response.json()).toMatchObject({ type: 'office-closed', code: 'office-closed' });
});

test('offices are listed whatever their state, so that a program finds one before it opens', async () => {
	const root = await makeUnit({ state: 'new' });
	const closed = await makeUnit({ parent: root, state: 'closed' });
	const actor = await makeActor([[root.id, 'admin']]);
	const response = await callApi(units, withScopes(actor, 'directory:read'));
	expect(await response.json()).toMatchObject({
		items: [
			{ code: root.code, parent: null, state: 'new' },
			{ code: closed.code, parent: root.code, state: 'closed' }
		].toSorted((a, b) => a.code.localeCompare(b.code))
	});
});
