import { expect, test } from 'vitest';
import { idOf, makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { changeOfficer } from '#lib/server/people/officers/officers.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { load as loadLayout } from './+layout.server.ts';
import { load as loadTable } from './csv/[list]/+page.server.ts';
import { load as loadOfficer } from './officers/[id]/+page.server.ts';
import { load as loadAccount } from './people/[id]/+page.server.ts';
import { load as loadCopy } from './services/copy/+page.server.ts';
import { load as loadNewOffice } from './units/new/+page.server.ts';

async function twoOffices() {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const admin = await makeActor([[province.id, 'admin']]);
	const open = <T>(load: unknown, id = '', query = '') =>
		(load as (event: never) => Promise<T>)(
			requestTo(`/admin?${query}`, { actor: admin, params: { id, list: 'places' } })
		);
	return { unit, admin, open };
}

test('a new role of an account is proposed for its office, also if it has only an officer there', async () => {
	const { unit, open } = await twoOffices();
	const clerk = await makeActor([[unit.id, 'manager']]);
	expect(await open(loadAccount, idOf(clerk))).toMatchObject({ ownOffice: unit.code });
	const rated = await makeActor([], (await makeOfficer(unit.id)).id);
	expect(await open(loadAccount, idOf(rated))).toMatchObject({ ownOffice: unit.code });
});

test('a table and a copy that the list opened are for the office of the guided path', async () => {
	const { unit, open } = await twoOffices();
	const query = `langkah=${unit.code}`;
	expect(await open(loadTable, '', query)).toMatchObject({ office: unit.name });
	expect(await open(loadCopy, '', query)).toMatchObject({ office: unit.code });
});

test('a new office is proposed below the office of the guided path', async () => {
	const { unit, open } = await twoOffices();
	expect(await open(loadNewOffice, '', `mulai=${unit.code}`)).toMatchObject({ parentId: unit.id });
});

test('a page that was opened from the guided path leads back to it, also after the office opened', async () => {
	const { unit, open } = await twoOffices();
	const [code, name] = [unit.code, unit.name];
	for (const query of [`mulai=${code}`, `langkah=${code}`])
		expect(await open(loadLayout, '', query)).toEqual({ guidedPath: { closed: 0, office: { code, name } } });
	for (const query of ['', 'mulai=0000', `mulai=${(await makeUnit()).code}`])
		expect(await open(loadLayout, '', query)).toEqual({ guidedPath: { closed: 0, office: undefined } });
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
