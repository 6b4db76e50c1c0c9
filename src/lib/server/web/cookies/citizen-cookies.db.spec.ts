import type { RequestEvent } from '@sveltejs/kit';
import { beforeEach, expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficer, makePlace } from '#lib/dev/testing/factories.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { importRoute } from '#lib/dev/testing/routes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseByReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { handle, useHandle } from '#lib/server/db/index.ts';
import { OWN_PHONE } from '#lib/ui/form/form-state.ts';
import { receiveCase } from '../forms/case-form.ts';
import { renewPlace, withdrawPlace } from '#lib/server/places/places.ts';
import { openTrack, placeCookie, receiptCookie, scannedPlace, startTrack, trackCookie } from './citizen-cookies.ts';
import { rememberOfficer } from './complaint-prefill.ts';

const office = useOffice();

let jar: Map<string, string>;
let written: string[];
let event: RequestEvent;
beforeEach(async () => {
	jar = new Map();
	written = [];
	const cookies = {
		get: (name: string) => jar.get(name),
		set: (name: string, value: string) => {
			written.push(name);
			jar.set(name, value);
		},
		delete: (name: string) => {
			written.push(name);
			jar.delete(name);
		}
	};
	const params = { id: 'tidak-ada', file: 'salinan.json' };
	event = requestTo('/berkas/tidak-ada?laporan', { cookies, params });
	const { receipt } = await makeCase(office.unit);
	await startTrack(event, await caseByReceipt(receipt ?? ''));
	written = [];
});

test('a page extends the time for which a report is open', async () => {
	expect(await openTrack(event)).toBeDefined();
	expect(written).toEqual([trackCookie.name]);
});

test('a scanned place stays known while its code is renewed, until the place is withdrawn', async () => {
	const admin = await makeActor([[office.unit.id, 'admin']]);
	const place = await makePlace(office.unit.id);
	await placeCookie.write(event.cookies, { code: place.code });
	const { code } = await renewPlace(admin, place);
	expect(await scannedPlace(event, office.unit.id)).toMatchObject({ id: place.id, code });
	await withdrawPlace(admin, { ...place, code });
	expect(await scannedPlace(event, office.unit.id)).toBeNull();
});

interface Route {
	GET?: (event: unknown) => Promise<unknown>;
	POST?: (event: unknown) => Promise<unknown>;
}

test.each([
	'berkas/[id]/+server.ts',
	'lacak/laporan/kabar/+server.ts',
	'lacak/laporan/surat/[id]/+server.ts',
	'lacak/laporan/salinan/[file]/+server.ts',
	'terima/bukti/+server.ts'
])('a late response of %s does not open a report again that was closed since', async (path) => {
	const route = await importRoute<Route>(`(citizen)/${path}`);
	const load = () => (route?.GET ?? route?.POST)?.(event).catch(() => undefined);
	// Whether the file exists doesn't matter.
	await load();
	expect(written).toEqual([]);
	// Nor does it close the report that was opened since.
	await trackCookie.write(event.cookies, { caseId: 0, receiptHash: 'renewed', since: null });
	written = [];
	await load();
	expect(written).toEqual([]);
});

test('a late proof of receipt does not remove the code of a report that was sent since', async () => {
	const route = await importRoute<Route>('(citizen)/terima/bukti/+server.ts');
	Object.assign(event, { url: new URL('http://localhost/terima/bukti') });
	const { receipt } = await makeCase(office.unit);
	// The second was renewed at the counter, so it leads to no report.
	for (const code of [receipt ?? '', '000000000000']) {
		await receiptCookie.write(event.cookies, { receipt: code });
		written = [];
		await route?.GET?.(event).catch(() => undefined);
		expect(written).toEqual([]);
	}
});

test('a form removes the code of an earlier report without the database, and is shown again', async () => {
	const route = await importRoute<{ actions: { default: (event: unknown) => Promise<unknown> } }>(
		'(citizen)/[unit]/saran/+page.server.ts'
	);
	Object.assign(event, { url: new URL('http://localhost/mamuju/saran?hapus&pujian=') });
	await receiptCookie.write(event.cookies, { receipt: 'ABCD' });
	await expect(route?.actions.default(event)).rejects.toMatchObject({ status: 303, location: '?pujian=&terhapus=' });
	expect(jar.has(receiptCookie.name)).toBe(false);
});

test('a changed report with a used submission id removes the code, unless the phone is the person’s own', async () => {
	const body = 'Antrean tidak bergerak sejak pagi tadi.';
	const fields = { body, identity: 'none', secret: 'true', submission_id: crypto.randomUUID() };
	const params = { unit: office.unit.slug };
	const send = (changes: Record<string, string>) =>
		receiveCase(requestTo('/', { fields: { ...fields, ...changes }, params, jar }), 'complaint');
	await expect(send({})).rejects.toMatchObject({ location: '/terima' });
	const changed = { body: `${body} Kursinya patah.` };
	expect(await send({ ...changed, [OWN_PHONE]: 'true' })).toMatchObject({ status: 409 });
	expect(jar.has(receiptCookie.name)).toBe(true);
	expect(await send(changed)).toMatchObject({ status: 409 });
	expect(jar.has(receiptCookie.name)).toBe(false);
});

test('the complaint form of a low rating keeps its officer when the code of an earlier report is removed', async () => {
	const route = await importRoute<{ load: (event: unknown) => Promise<{ known: unknown }> }>(
		'(citizen)/[unit]/pengaduan/+page.server.ts'
	);
	const officer = (await makeOfficer(office.unit.id)).id;
	await rememberOfficer(event.cookies, officer);
	const known = (query: string) =>
		route?.load({
			...event,
			params: { unit: office.unit.slug },
			url: new URL(`http://localhost/mamuju/pengaduan${query}`)
		});
	expect(await known('')).toMatchObject({ known: { officer } });
	expect(await known('?terhapus=')).toMatchObject({ known: { officer } });
	// The next person opens the form.
	expect((await known(''))?.known).toEqual({});
});

/** The page of a receipt after "Sudah saya catat" was pressed for this one. */
async function notedReceipt(receipt: string) {
	const url = new URL('http://localhost/terima');
	const request = new Request(url, { method: 'POST', body: new URLSearchParams({ receipt }) });
	Object.assign(event, { url, request });
	return importRoute<{
		load: (event: unknown) => Promise<{ sent: unknown; noted: unknown }>;
		actions: { default: (event: unknown) => Promise<unknown> };
	}>('(citizen)/terima/+page.server.ts');
}

test('a tab that still shows an earlier receipt removes only its own', async () => {
	const [first, second] = [await makeCase(office.unit), await makeCase(office.unit)];
	await receiptCookie.write(event.cookies, { receipt: second.receipt ?? '' });
	const route = await notedReceipt(first.receipt ?? '');
	const noted = { status: 303, location: '/terima?dicatat' };
	await expect(route?.actions.default(event)).rejects.toMatchObject(noted);
	// The tab does not show the other code either.
	event.url.search = '?dicatat';
	expect(await route?.load(event)).toMatchObject({ sent: null, noted: { reply: null } });
	event.url.search = '';
	expect(await route?.load(event)).toMatchObject({ sent: { receipt: second.receipt } });
	await expect((await notedReceipt(second.receipt ?? ''))?.actions.default(event)).rejects.toMatchObject(noted);
	expect(await route?.load(event)).toMatchObject({ sent: null, noted: null });
});

test('a database that fails is reported, and the phone forgets the code', async () => {
	const { receipt } = await makeCase(office.unit);
	await receiptCookie.write(event.cookies, { receipt: receipt ?? '' });
	const route = await notedReceipt(receipt ?? '');
	const opened = handle();
	useHandle(undefined);
	try {
		await expect(route?.actions.default(event)).rejects.toThrow('the database is not open yet');
	} finally {
		useHandle(opened);
	}
	expect(jar.has(receiptCookie.name)).toBe(false);
});
