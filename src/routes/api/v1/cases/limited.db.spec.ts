import { expect, test } from 'vitest';
import { callApi, withScopes } from '#lib/dev/testing/api/call-api.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { askAsReporter } from '#lib/dev/testing/reporters.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { attachmentForActor } from '#lib/server/cases/files.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { decideRequest } from '#lib/server/privacy/requests/decide.ts';
import { GET as list } from './+server.ts';
import { GET as readAttachment } from '../attachments/[id]/+server.ts';
import { POST as attachFile } from './[reference]/attachments/+server.ts';
import { GET as getCase } from './[reference]/+server.ts';

const office = useOffice();

test('while processing is restricted, the API gives no files and finds no words of the report', async () => {
	const { reference } = await makeCase(office.unit, { body: 'Petugas loket dua memarahi saya pada hari Senin.' });
	const token = withScopes(office.handler, 'cases:read', 'cases:write');
	const photo = new Blob([new Uint8Array(await fourColourImage().png().toBuffer())], { type: 'image/png' });
	const body = new FormData();
	body.set('file', photo, 'loket.png');
	await callApi(attachFile, token, { params: { reference }, body });
	type Read = { attachments: { id: string }[] };
	const read = async () => (await (await callApi(getCase, token, { params: { reference } })).json()) as Read;
	const [{ id } = { id: '' }] = (await read()).attachments;
	const file = async () => (await callApi(readAttachment, token, { params: { id } })).status;
	const found = async (q: string) => {
		const response = await callApi(list, token, { query: `q=${encodeURIComponent(q)}` });
		return ((await response.json()) as { items: { reference: string }[] }).items.map((one) => one.reference);
	};
	expect([await file(), await found('memarahi'), await found(reference)]).toEqual([200, [reference], [reference]]);

	const request = await askAsReporter(reference, { kind: 'restriction' });
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await decideRequest(admin, request.id, { decision: 'grant', version: 1 });
	expect(await read()).toMatchObject({ title: null, body: null, attachments: [] });
	expect([await file(), await found('memarahi'), await found('memarah'), await found(reference)]).toEqual([
		...[404, [], []],
		[reference]
	]);
	// The office still works on it.
	expect((await inbox(office.handler, { q: 'memarahi' })).items).toHaveLength(1);
	expect((await attachmentForActor(office.handler, id)).mediaType).toMatch(/^image\//);
});
