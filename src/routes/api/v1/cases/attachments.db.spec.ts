import { beforeAll, expect, test } from 'vitest';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { callApi, withScopes } from '#lib/dev/testing/api/call-api.ts';
import { makeActor, makeCase, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime, lastEntry, makeOffice, on, readCase, type Office } from '#lib/dev/testing/office.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { GET as readAttachment } from '../attachments/[id]/+server.ts';
import { POST as attachFile } from './[reference]/attachments/+server.ts';
import { GET as getCase } from './[reference]/+server.ts';

let office: Office;
/** Account of a chat system: it may create cases but not read them. */
let intake: Actor;
let photo: Blob;
beforeAll(async () => {
	office = await makeOffice();
	intake = withScopes(await makeActor([[office.unit.id, 'manager']]), 'cases:write');
	photo = new Blob([new Uint8Array(await fourColourImage().png().toBuffer())], { type: 'image/png' });
});

const TUESDAY = '2026-11-24T02:00:00Z';
const createdCase = async (changes: Record<string, unknown> = {}, by = intake) =>
	(await makeCase(office.unit, changes, { by: 'api', actor: by })).reference;

function attach(actor: Actor, reference: string): Promise<Response> {
	const body = new FormData();
	body.set('file', photo, 'loket.png');
	return callApi(attachFile, actor, { params: { reference }, body });
}

test('the account that created a case can attach files for one day, without access to the case', async () => {
	for (const category of ['integrity', 'time']) {
		const reference = await atTime(TUESDAY, () => createdCase({ category }));
		const response = await atTime('2026-11-25T01:59:00Z', () => attach(intake, reference));
		expect(response.status).toBe(201);
		expect(await response.json()).toEqual({ reference });
		const entry = await lastEntry(reference, 'attached');
		expect(entry).toMatchObject({ public: true, actorId: intake.accountId, data: { files: 1 } });
		expect((await atTime('2026-11-25T02:00:00Z', () => attach(intake, reference))).status).toBe(404);
		const reading = withScopes(intake, 'cases:read', 'cases:write');
		expect((await callApi(getCase, reading, { params: { reference } })).status).toBe(404);
		expect((await inbox(reading, { q: reference })).items).toEqual([]);
	}
});

test('a token without a scope that shows cases adds files only to its own reports, and gets only their number', async () => {
	const writes = withScopes(office.rootSupervisor, 'cases:write');
	for (const category of ['integrity', 'time']) {
		const reference = await createdCase({ category });
		for (const scopes of [['cases:write'], ['cases:write', 'escalations:read']] as const)
			expect((await attach(withScopes(office.rootSupervisor, ...scopes), reference)).status).toBe(404);
		const reading = await attach(withScopes(office.rootSupervisor, 'cases:write', 'cases:read'), reference);
		expect([reading.status, await reading.json()]).toEqual([201, expect.objectContaining({ reference, category })]);
		expect((await readCase(reference)).version).toBe(2);
	}
	const own = await createdCase({}, writes);
	const response = await attach(writes, own);
	expect([response.status, await response.json()]).toEqual([201, { reference: own }]);
});

test('the same file sent again by the same account is stored once', async () => {
	const handling = withScopes(office.handler, 'cases:handle');
	const reference = await createdCase();
	const again = await Promise.all([attach(intake, reference), attach(intake, reference)]);
	expect(again.map(({ status }) => status)).toEqual([201, 201]);
	expect((await readCase(reference)).version).toBe(2);
	const { attachments } = (await (await attach(handling, reference)).json()) as { attachments: unknown[] };
	expect(attachments).toHaveLength(2);
});

test('rejects files from another account, a token of another office and the named officer', async () => {
	const reference = await createdCase();
	const other = withScopes(await makeActor([[office.unit.id, 'manager']]), 'cases:write');
	expect((await attach(other, reference)).status).toBe(404);
	const elsewhere = [(await makeUnit()).id];
	const narrowed = { ...intake, units: { ...intake.units, manager: elsewhere } };
	expect((await attach(narrowed, reference)).status).toBe(404);

	const officer = await makeOfficer(office.unit.id);
	const named = withScopes(await makeActor([[office.unit.id, 'handler']], officer.id), 'cases:write');
	const own = await createdCase({}, named);
	expect((await attach(named, own)).status).toBe(201);
	await changeNamedOfficers(office.supervisor, own, await on(own, { officer: officer.id, action: 'add' }));
	expect((await attach(named, own)).status).toBe(404);
	expect((await readCase(own)).version).toBe(3);
});

test('a file is served only to a token that may read its case', async () => {
	const reference = await createdCase({ category: 'integrity' });
	await attach(intake, reference);
	const supervisor = withScopes(office.rootSupervisor, 'cases:read');
	const shown = await callApi(getCase, supervisor, { params: { reference } });
	const { attachments } = (await shown.json()) as { attachments: { id: string; url: string; bytes: number }[] };
	const [{ id, url, bytes } = { id: '', url: '', bytes: 0 }] = attachments;
	expect(url).toBe(`/api/v1/attachments/${id}`);
	const file = await callApi(readAttachment, supervisor, { params: { id } });
	expect(file.status).toBe(200);
	expect(file.headers.get('content-type')).toBe('image/jpeg');
	expect((await file.arrayBuffer()).byteLength).toBe(bytes);

	const status = async (actor: Actor | null, params = { id }) =>
		(await callApi(readAttachment, actor, { params })).status;
	expect(await status(null)).toBe(401);
	expect(await status(intake)).toBe(403);
	expect(await status(withScopes(intake, 'cases:read'))).toBe(404);
	expect(await status(withScopes(office.handler, 'cases:read'))).toBe(404);
	expect(await status(supervisor, { id: 'x' })).toBe(404);
});
