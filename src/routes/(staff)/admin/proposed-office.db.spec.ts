import { expect, test } from 'vitest';
import { idOf, makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { changeOfficer } from '#lib/server/people/officers/officers.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { load as loadLayout } from './+layout.server.ts';
import { actions, load as loadTable } from './csv/[list]/+page.server.ts';
import { load as loadPath } from './mulai/[code]/+page.server.ts';
import { load as loadOfficer } from './officers/[id]/+page.server.ts';
import { load as loadAccount } from './people/[id]/+page.server.ts';
import { load as loadCopy } from './services/copy/+page.server.ts';
import { load as loadNewOffice } from './units/new/+page.server.ts';

async function twoOffices(state: 'new' | 'open' = 'open') {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province, state });
	const admin = await makeActor([[province.id, 'admin']]);
	const jar = new Map<string, string>();
	const open = <T>(load: unknown, id = '', query = '') =>
		(load as (event: never) => Promise<T>)(
			requestTo(`/admin?${query}`, { actor: admin, params: { id, list: 'places', code: id }, jar })
		);
	return { province, unit, admin, jar, open };
}

test('a new role of an account is proposed for its office, also if it has only an officer there', async () => {
	const { unit, open } = await twoOffices();
	const clerk = await makeActor([[unit.id, 'manager']]);
	expect(await open(loadAccount, idOf(clerk))).toMatchObject({ ownOffice: unit.code });
	const rated = await makeActor([], (await makeOfficer(unit.id)).id);
	expect(await open(loadAccount, idOf(rated))).toMatchObject({ ownOffice: unit.code });
});

test('a table and a copy are for the office of the guided path that was open last', async () => {
	const { unit, open } = await twoOffices('new');
	await open(loadPath, unit.code);
	expect(await open(loadTable)).toMatchObject({ office: { code: unit.code, name: unit.name } });
	expect(await open(loadCopy)).toMatchObject({ office: unit.code });
});

test('a copy is for the office of the path that links to it, also after it opened, but then not for that of the cookie', async () => {
	const { unit, open } = await twoOffices();
	await open(loadPath, unit.code);
	expect(await open(loadCopy)).toMatchObject({ office: undefined });
	expect(await open(loadCopy, '', `mulai=${unit.code}`)).toMatchObject({ office: unit.code });
});

test('the path that another person opened in this browser changes no office', async () => {
	const { province, jar, open } = await twoOffices();
	const other = await makeUnit();
	await loadPath(requestTo('/', { actor: await makeActor([[other.id, 'admin']]), params: { code: other.code }, jar }));
	expect(await open(loadTable)).toMatchObject({ office: { code: province.code } });
	expect(await open(loadCopy)).toMatchObject({ office: undefined });
});

test('lines of a table without an office get the office that its page named, though another path was opened since', async () => {
	const { unit, admin, jar, open } = await twoOffices();
	jar.set('mulai', unit.code);
	const { office } = await open<{ office: { code: string } }>(loadTable);
	jar.set('mulai', (await makeUnit({ parent: unit })).code);
	const query = `unit=${office.code}`;
	const fields = { csv: 'nama,jenis\nLoket Contoh,meja' };
	const sent = requestTo(`/?${query}`, { actor: admin, params: { list: 'places' }, jar, fields });
	expect(await actions.table(sent)).toMatchObject({ lines: [{ unit: unit.code }] });
	expect(await open(loadTable, '', query)).toMatchObject({ office: { code: unit.code, name: unit.name } });
});

test('a new office is proposed below the office of the guided path', async () => {
	const { unit, open } = await twoOffices();
	expect(await open(loadNewOffice, '', `mulai=${unit.code}`)).toMatchObject({ parentId: unit.id });
});

test('settings lead back to the guided path that was open last, also after its office opened', async () => {
	const { unit, jar, open } = await twoOffices();
	const { code, name } = unit;
	const toPath = { guidedPath: { closed: 0, office: { code, name } } };
	for (const query of ['', 'mulai=0000', `mulai=${(await makeUnit()).code}`])
		expect(await open(loadLayout, '', query)).toEqual({ guidedPath: { closed: 0, office: undefined } });
	expect(await open(loadLayout, '', `mulai=${code}`)).toEqual(toPath);
	await open(loadPath, code);
	expect(await open(loadLayout)).toEqual(toPath);
	jar.set('mulai', (await makeUnit()).code);
	expect(await open(loadLayout)).toEqual({ guidedPath: { closed: 0, office: undefined } });
	const closed = await makeUnit({ state: 'new' });
	const admin = await makeActor([[closed.id, 'admin']]);
	expect(await loadLayout(requestTo('/admin', { actor: admin }) as never)).toEqual({
		guidedPath: { closed: 1, office: { code: closed.code, name: closed.name } }
	});
	const ofTwo = await makeActor([closed, unit].map(({ id }) => [id, 'admin']));
	expect(await loadLayout(requestTo('/admin', { actor: ofTwo }) as never)).toEqual({
		guidedPath: { closed: 1, office: undefined }
	});
});

test('the page of an officer who no longer serves names the desks without an officer', async () => {
	const { unit, admin, open } = await twoOffices();
	const officer = await makeOfficer(unit.id);
	const desk = await makePlace(unit.id, { kind: 'desk', officerId: officer.id });
	await makePlace(unit.id, { kind: 'box' });
	expect(await open(loadOfficer, officer.id)).toMatchObject({ desksWithoutOfficer: [] });
	await changeOfficer(admin, officer.id, { name: officer.name });
	expect(await open(loadOfficer, officer.id)).toMatchObject({ desksWithoutOfficer: [{ id: desk.id }] });
});
