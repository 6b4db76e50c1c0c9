import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { attach } from './support/cases.ts';
import {
	button,
	forwardByScreen,
	openForwardingOffice,
	until,
	type ForwardingOffice
} from './support/forwarding-office.ts';
import { isFullRun, expectAccessible, openAtDesk, openUntil, track, openAndCheck } from './support/pages.ts';
import { photoBytes } from './support/photo.ts';
import { expect, test, type Page } from './support/test.ts';

let office: ForwardingOffice;
let desk: Page;

test.beforeAll(async ({ browser }) => {
	office = await openForwardingOffice();
	desk = await office.signedIn(browser);
});
test.afterAll(() => office?.stop());
test.afterEach(async () => {
	office.changeRequests();
	await office.faults();
});

/** Lets LAPOR refuse the next call to an endpoint with this body. */
const refuseOnce = (endpoint: string, body: unknown) =>
	office.faults({
		kind: 'answer',
		match: { endpoint },
		count: 1,
		status: 422,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body)
	});

test('a person finds an unknown report at LAPOR and enters its number, and it is sent', async () => {
	await office.faults({ kind: 'drop_after_store', match: { endpoint: 'create' }, count: 1 });
	const { reference } = await office.complaint();
	const forward = await forwardByScreen(desk, reference);
	await until(desk, forward, 'Belum pasti terkirim, perlu dicek');
	await openAndCheck(desk, forward, 360, 1440);

	const decide = desk.locator('#decide');
	await expect(decide).toContainText('Sambungan putus di tengah pengiriman.');
	await expect(decide).toContainText('Tidak ada: layanan ini tidak dapat mencari sendiri');
	await desk.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await decide.getByRole('button', { name: 'Salin Nomor rujukan' }).click();
	expect(await desk.evaluate(() => navigator.clipboard.readText())).toBe(`${reference}.01`);

	await decide.locator('#lapor_id').fill('12');
	await decide.locator('#reason').fill('Ketemu di kotak masuk instansi, judulnya cocok.');
	await button(desk, 'Simpan nomornya').click();
	await expect(desk.getByRole('alert')).toContainText('4 sampai 10 angka');
	await expectAccessible(desk);
	const [stored, ...more] = await office.reports(`${reference}.01`);
	expect(more).toEqual([]);
	await decide.locator('#lapor_id').fill(`https://www.lapor.go.id/laporan/${stored?.id}`);
	await button(desk, 'Simpan nomornya').click();
	await expect(desk.getByText('Nomor SP4N-LAPOR! tersimpan')).toBeVisible();
	await until(desk, forward, 'Terkirim');
	await expect(desk.locator('#history')).toContainText('Siti Rahma');
	await expect(desk.locator('#history')).toContainText('Ketemu di kotak masuk instansi');
	expect(await office.reports(`${reference}.01`)).toHaveLength(1);
});

test('an unknown report that is not at LAPOR is sent again with the same reference, after a confirmed look-up', async () => {
	await office.faults({ kind: 'reset', match: { endpoint: 'create' }, count: 1 });
	const { reference, page: path } = await office.forwarded();
	await until(desk, path, 'Belum pasti terkirim, perlu dicek');
	expect(await office.reports(`${reference}.01`)).toEqual([]);

	await expect(button(desk, 'Ya, kirim lagi')).toBeHidden();
	await desk.getByText('Kirim lagi…').click();
	await expectAccessible(desk);
	await desk.locator('#absent_reason').fill('Dicari dengan kedua nomor, tidak ada hasil.');
	await button(desk, 'Ya, kirim lagi').click();
	// The box that confirms the look-up is required.
	await expect(desk.locator('#decide')).toBeVisible();
	await desk.locator('#sure').check();
	await button(desk, 'Ya, kirim lagi').click();
	await expect(desk.getByRole('status')).toContainText('nomor rujukan yang sama');
	await until(desk, path, 'Terkirim');
	await expect(desk.locator('#history')).toContainText('Dicari dengan kedua nomor');
	expect(await office.reports(`${reference}.01`)).toHaveLength(1);
	expect(await office.reports(reference)).toHaveLength(1);
});

test('if LAPOR reports the reference as used, only the number can be entered', async () => {
	await office.faults({ kind: 'reference_exists_no_id', match: { endpoint: 'create' }, count: 1 });
	const { page: path } = await office.forwarded();
	await until(desk, path, 'Belum pasti terkirim, perlu dicek');
	await expect(desk.locator('#decide')).toContainText('mengirim lagi tidak ditawarkan');
	await expect(desk.getByText('Kirim lagi…')).toHaveCount(0);
	await openAndCheck(desk, path, 360, 1440);
});

test('a rejected report is corrected beside LAPOR’s reason and sent as the next forward', async () => {
	await refuseOnce('create', {
		message: 'The given data was invalid.',
		errors: { title: ['Judul terlalu umum.'], category_id: ['Kategori tidak dikenal.'] }
	});
	const { reference, page: path } = await office.forwarded();
	await until(desk, path, 'Isian dikembalikan, perbaiki lalu kirim');
	await openAndCheck(desk, path, 360, 1440);
	await expect(desk.locator('#title-error')).toContainText('Judul terlalu umum.');
	await expect(desk.locator('main')).toContainText('Mintalah administrator memperbaikinya');
	await expect(desk.locator('main')).toContainText('Kategori tidak dikenal.');

	await desk.locator('#title').fill('Loket dua BPS Mamuju: dua jam tanpa panggilan');
	await desk.locator('#reason').fill('Judul diperjelas seperti diminta.');
	await button(desk, 'Kirim lagi').click();
	await expect(desk).not.toHaveURL(new RegExp(path));
	await expect(desk.getByRole('status')).toContainText('Penerusan ke-2 dibuat');
	const next = desk.url().split('?')[0] ?? '';
	await until(desk, next, 'Terkirim');
	const [sent, ...more] = await office.reports(reference);
	expect(more).toEqual([]);
	expect(sent?.payload).toMatchObject({ title: 'Loket dua BPS Mamuju: dua jam tanpa panggilan' });
	expect(String(sent?.payload.content)).toMatch(new RegExp(`^${reference}\\.02`));

	await desk.getByText('Yang diubah dari penerusan ke-1').click();
	await expect(desk.locator('main')).toContainText('Antrean loket dua tidak bergerak');
	await expectAccessible(desk);
	await desk.locator('#family').getByRole('link', { name: 'Penerusan ke-1' }).click();
	await expect(desk).toHaveURL(path);
	await expect(desk.locator('#family').getByRole('link', { name: 'Penerusan ke-2' })).toBeVisible();
});

test('a person enters the number of a rejected report that is at LAPOR already, and it is not sent again', async () => {
	await refuseOnce('create', { message: 'The given data was invalid.', errors: { title: ['Judul terlalu umum.'] } });
	const { reference, page: path } = await office.forwarded();
	await until(desk, path, 'Isian dikembalikan, perbaiki lalu kirim');
	await desk.getByText('Sudah ada di SP4N-LAPOR!?').click();
	await expectAccessible(desk);
	await desk.locator('#found_lapor_id').fill('12');
	await desk.locator('#found_reason').fill('Kami isi sendiri di laman, judulnya diperjelas.');
	await button(desk, 'Simpan nomornya').click();
	await expect(desk.getByRole('alert')).toContainText('4 sampai 10 angka');
	await openAndCheck(desk, path, 360, 1440);
	await desk.getByText('Sudah ada di SP4N-LAPOR!?').click();
	await desk.locator('#found_lapor_id').fill('1916450');
	await desk.locator('#found_reason').fill('Kami isi sendiri di laman, judulnya diperjelas.');
	await button(desk, 'Simpan nomornya').click();
	await expect(desk.getByText('Nomor SP4N-LAPOR! tersimpan')).toBeVisible();
	await until(desk, path, 'Terkirim');
	await expect(desk.locator('#history')).toContainText('Kami isi sendiri di laman');
	expect(await office.reports(reference)).toEqual([]);
});

test('the status Selesai, with an institution’s text and file, is shown on the case and to the reporter', async ({
	browser
}) => {
	const { reference, receipt, page: path } = await office.forwarded();
	await until(desk, path, 'Terkirim');
	const [report] = await office.reports(reference);
	await office.atLapor(report?.id ?? 0, 'followups', {
		content: 'Loket dua kini dijaga dua petugas.',
		institution_from: 'BPS Kabupaten Mamuju',
		status_new: 'Selesai',
		attachments: [{ path: 'https://www.lapor.go.id/berkas/surat.pdf', file_name: 'surat.pdf', extension: 'pdf' }]
	});
	await until(desk, path, 'Penerusan selesai');
	await expect(desk.locator('#news')).toContainText('Loket dua kini dijaga dua petugas.');
	await expect(desk.locator('#news').getByRole('link', { name: 'surat.pdf' })).toHaveAttribute(
		'href',
		'https://www.lapor.go.id/berkas/surat.pdf'
	);
	await openAndCheck(desk, path, 360, 1440);
	await openAtDesk(desk, reference);
	await expect(desk.getByText('Sudah dijawab').first()).toBeVisible();
	await expect(desk.getByText('Loket dua kini dijaga dua petugas.').first()).toBeVisible();

	const phone = await browser.newPage({ baseURL: office.origin });
	await track(phone, receipt);
	await expect(phone.getByText('Loket dua kini dijaga dua petugas.').first()).toBeVisible();
	await expect(phone.getByText(`#${report?.id}`).first()).toBeVisible();
	await expect(phone.getByText('surat.pdf').first()).toBeVisible();
	await expectAccessible(phone);
});

test('a missing header halts the connection until a test call succeeds, and the handler reads whom to ask', async () => {
	office.changeRequests(({ headers }) => delete headers.token);
	const { reference, page: path } = await office.forwarded();
	await openUntil(desk, path, desk.locator('main').getByText('tidak mengenali kunci masuk kantor ini').first());
	await expect(desk.locator('main')).toContainText('Mintalah administrator mencocokkan kunci');
	await openAndCheck(desk, path, 360, 1440);
	await openAndCheck(desk, '/desk/escalations', 360, 1440);
	await expect(desk.getByRole('alert')).toContainText('Sambungan ke SP4N-LAPOR! dihentikan');
	await openAtDesk(desk, reference);
	await expect(desk.locator('main')).toContainText('Mintalah administrator mencocokkan kunci');

	office.changeRequests();
	await desk.goto('/admin/lapor');
	await button(desk, 'Coba sambungan').click();
	await expect(desk.getByText('Tersambung dalam')).toBeVisible();
	await until(desk, path, 'Terkirim');
	expect(await office.reports(reference)).toHaveLength(1);
});

test('a create without a required key is rejected, and the handler reads what an administrator has to correct', async () => {
	office.changeRequests(({ json }) => {
		if (json) delete json.location_id;
	});
	const { page: path } = await office.forwarded();
	await until(desk, path, 'Isian dikembalikan, perbaiki lalu kirim');
	await expect(desk.locator('main')).toContainText('Lokasi: The location_id field is required.');
	await expect(desk.locator('main')).toContainText('Mintalah administrator memperbaikinya');
	await expectAccessible(desk);
});

test('a rejection because of the attachments is shown beside the files', async () => {
	office.changeRequests(({ json }) => {
		if (typeof json?.attachments === 'string') json.attachments = json.attachments.replace(/\.$/, '');
	});
	const { reference } = await office.complaint();
	await attach(reference, await photoBytes(), office);
	const forward = await forwardByScreen(desk, reference);
	await until(desk, forward, 'Isian dikembalikan, perbaiki lalu kirim');
	await expect(desk.locator('#attachments-error')).toContainText('The attachments format is invalid');
	await expectAccessible(desk);
});

if (isFullRun)
	test('a report is forwarded without documents over 2 MB or refused by LAPOR; one over 8 MB is refused by the site', async () => {
		const { reference } = await office.complaint({
			identity: 'named',
			reporter: { name: 'Andi Baso', phone: '0812-3456-7890' }
		});
		const document = { type: 'application/pdf', name: 'bukti.pdf' };
		const tooLarge = await attach(reference, { ...document, bytes: Buffer.alloc(8_500_000, '%PDF-1.4\n') }, office);
		expect(tooLarge.status).toBe(422);
		expect(await tooLarge.text()).toContain('lebih besar dari 8 MB');
		// Noise, because it can't be compressed as a picture.
		expect((await attach(reference, { ...document, bytes: await noisyPdf(20) }, office)).status).toBe(201);
		await attach(reference, await photoBytes(), office);
		await refuseOnce('upload', { message: 'The attachments.0 may not be greater than 512 kilobytes.' });
		await openAtDesk(desk, reference, 'escalation');
		await expect(desk.locator('main')).toContainText('lebih dari 2 MB, tidak ikut dikirim');
		const forward = await forwardByScreen(desk, reference);
		await until(desk, forward, 'Terkirim');
		await expect(desk.locator('.with-side')).toContainText(
			'ditolak SP4N-LAPOR!: The attachments.0 may not be greater than 512 kilobytes.'
		);
		await expect(desk.locator('.with-side')).toContainText('Laporan tetap berjalan tanpa berkas itu.');
		await openAndCheck(desk, forward, 360, 1440);
		const [report] = await office.reports(reference);
		expect(report?.payload.attachments).toBe(false);
	});

/** A document whose pages show the same noise: the file is small, but pictures of its pages are large. */
async function noisyPdf(pages: number): Promise<Uint8Array> {
	const page = await noisyPhoto(600, 850, 60);
	const document = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false });
	for (let drawn = 0; drawn < pages; drawn++) document.addPage().image(page, 0, 0, { width: 595 });
	document.end();
	return buffer(document);
}
