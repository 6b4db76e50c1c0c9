import { buffer } from 'node:stream/consumers';
import { expect, test, type Page } from './support/test.ts';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { openForwardingOffice, visitForward, type ForwardingOffice } from './support/forwarding-office.ts';
import { expectAccessible } from './support/pages.ts';
import { photoWithPosition } from './support/photo.ts';

let office: ForwardingOffice;
let byHand: ForwardingOffice;
let desk: Page;

test.beforeAll(async ({ browser }) => {
	test.setTimeout(240_000);
	office = await openForwardingOffice();
	byHand = await openForwardingOffice({ LAPOR_MODE: 'manual', LAPOR_BASE_URL: '', LAPOR_BEARER: '', LAPOR_TOKEN: '' });
	desk = await office.signedIn(browser);
});
test.afterAll(async () => {
	await office?.stop();
	await byHand?.stop();
});
test.afterEach(async () => {
	office.wire.bend();
	await office.faults();
});

/** Opens a forward again and again until it stands in that state. */
async function until(page: Page, address: string, state: string): Promise<void> {
	await expect(async () => {
		await page.goto(address);
		await expect(page.locator('header').getByText(state, { exact: true })).toBeVisible({ timeout: 500 });
	}).toPass({ timeout: 40_000 });
}
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const at = (path: string) => office.origin + path;

/** Forwards by the screen that shows what will leave. */
async function forwardByScreen(page: Page, origin: string, reference: string): Promise<string> {
	await page.goto(`${origin}/desk/cases/${reference}/escalation`);
	await page.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
	await page.locator('main form button.primary').last().click();
	await expect(page).toHaveURL(/\/desk\/escalations\/[0-9a-f-]{36}\?done=/);
	return page.url().split('?')[0] ?? '';
}

test('an unknown report is found by a person, and its number makes it sent', async () => {
	test.setTimeout(120_000);
	await office.faults({ kind: 'drop_after_store', match: { endpoint: 'create' }, count: 1 });
	const { reference } = await office.complaint();
	const forward = await forwardByScreen(desk, office.origin, reference);
	await until(desk, forward, 'Belum pasti terkirim, perlu dicek');
	await visitForward(desk, forward);

	const decide = desk.locator('#decide');
	await expect(decide).toContainText('Sambungan putus di tengah pengiriman.');
	await expect(decide).toContainText('Tidak ada: layanan ini tidak dapat mencari sendiri');
	await desk.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await decide.getByRole('button', { name: 'Salin: Nomor rujukan' }).click();
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
	await expect(desk.getByRole('status')).toContainText(`Nomor #${stored?.id} tersimpan`);
	await until(desk, forward, 'Terkirim');
	await expect(desk.locator('#history')).toContainText('Siti Rahma');
	await expect(desk.locator('#history')).toContainText('Ketemu di kotak masuk instansi');
	expect(await office.reports(`${reference}.01`)).toHaveLength(1);
});

test('an unknown report that is not there goes out once more under the same reference, after a second look', async () => {
	test.setTimeout(120_000);
	await office.faults({ kind: 'reset', match: { endpoint: 'create' }, count: 1 });
	const { reference, page: path } = await office.forwarded();
	await until(desk, at(path), 'Belum pasti terkirim, perlu dicek');
	expect(await office.reports(`${reference}.01`)).toEqual([]);

	await expect(button(desk, 'Ya, kirim lagi')).toBeHidden();
	await desk.getByText('Kirim lagi…').click();
	await expectAccessible(desk);
	await desk.locator('#absent_reason').fill('Dicari dengan kedua nomor, tidak ada hasil.');
	await button(desk, 'Ya, kirim lagi').click();
	// The box that says one has looked is asked for.
	await expect(desk.locator('#decide')).toBeVisible();
	await desk.locator('#sure').check();
	await button(desk, 'Ya, kirim lagi').click();
	await expect(desk.getByRole('status')).toContainText('nomor rujukan yang sama');
	await until(desk, at(path), 'Terkirim');
	await expect(desk.locator('#history')).toContainText('Dicari dengan kedua nomor');
	expect(await office.reports(`${reference}.01`)).toHaveLength(1);
	expect(await office.reports(reference)).toHaveLength(1);
});

test('where LAPOR says that it has the reference, only its number is asked for', async () => {
	await office.faults({ kind: 'reference_exists_no_id', match: { endpoint: 'create' }, count: 1 });
	const { page: path } = await office.forwarded();
	await until(desk, at(path), 'Belum pasti terkirim, perlu dicek');
	await expect(desk.locator('#decide')).toContainText('mengirim lagi tidak ditawarkan');
	await expect(desk.getByText('Kirim lagi…')).toHaveCount(0);
	await visitForward(desk, at(path));
});

test('a refused report is corrected beside what was said of it and goes out as the next forward', async () => {
	test.setTimeout(120_000);
	const refusal = {
		message: 'The given data was invalid.',
		errors: { title: ['Judul terlalu umum.'], category_id: ['Kategori tidak dikenal.'] }
	};
	await office.faults({
		kind: 'answer',
		match: { endpoint: 'create' },
		count: 1,
		status: 422,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(refusal)
	});
	const { reference, page: path } = await office.forwarded();
	await until(desk, at(path), 'Isian dikembalikan, perbaiki lalu kirim');
	await visitForward(desk, at(path));
	await expect(desk.locator('#title-error')).toContainText('Judul terlalu umum.');
	await expect(desk.locator('main')).toContainText('Mintalah pengelola memperbaikinya');
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
	await expect(desk).toHaveURL(at(path));
	await expect(desk.locator('#family').getByRole('link', { name: 'Penerusan ke-2' })).toBeVisible();
});

test('Selesai with an institution’s words and a file is on the case and on the reporter’s page', async ({
	browser
}) => {
	test.setTimeout(150_000);
	const { reference, receipt, page: path } = await office.forwarded();
	await until(desk, at(path), 'Terkirim');
	const [report] = await office.reports(reference);
	await office.atLapor(report?.id ?? 0, 'followups', {
		content: 'Loket dua kini dijaga dua petugas.',
		institution_from: 'BPS Kabupaten Mamuju',
		status_new: 'Selesai',
		attachments: [{ path: 'https://www.lapor.go.id/berkas/surat.pdf', file_name: 'surat.pdf', extension: 'pdf' }]
	});
	await until(desk, at(path), 'Penerusan selesai');
	await expect(desk.locator('#news')).toContainText('Loket dua kini dijaga dua petugas.');
	await expect(desk.locator('#news').getByRole('link', { name: 'surat.pdf' })).toHaveAttribute(
		'href',
		'https://www.lapor.go.id/berkas/surat.pdf'
	);
	await visitForward(desk, at(path));
	await desk.goto(at(`/desk/cases/${reference}`));
	await expect(desk.getByText('Sudah dijawab').first()).toBeVisible();
	await expect(desk.getByText('Loket dua kini dijaga dua petugas.').first()).toBeVisible();

	const phone = await (await browser.newContext()).newPage();
	await phone.goto(at('/lacak'));
	await phone.locator('[name=receipt]').fill(receipt);
	await phone.locator('form[method=POST] button').first().click();
	await expect(phone).toHaveURL(/\/lacak\/laporan$/);
	await expect(phone.getByText('Loket dua kini dijaga dua petugas.').first()).toBeVisible();
	await expect(phone.getByText(`#${report?.id}`).first()).toBeVisible();
	await expect(phone.getByText('surat.pdf').first()).toBeVisible();
	await expectAccessible(phone);
});

test('in manual mode a report is copied, numbered, kept up and finished by hand', async ({ browser }) => {
	test.setTimeout(150_000);
	const page = await byHand.signedIn(browser);
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	const { reference } = await byHand.complaint({
		identity: 'named',
		reporter: { name: 'Andi Baso', phone: '0812-3456-7890' }
	});
	await byHand.attach(reference, { bytes: await photoWithPosition(), type: 'image/jpeg', name: 'andi-baso.jpg' });
	const forward = await forwardByScreen(page, byHand.origin, reference);
	await visitForward(page, forward);

	// Every field is there to be copied, in the order of the form; what is copied is ticked, and stays so.
	const copy = page.locator('#copy');
	const labels = ['Judul laporan', 'Isi laporan', 'Tanggal kejadian', 'Lokasi kejadian', 'Instansi tujuan', 'Kategori'];
	for (const label of labels) await copy.getByRole('button', { name: `Salin: ${label}` }).click();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Waktu pelayanan');
	await copy.getByRole('button', { name: 'Salin: Isi laporan' }).click();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(new RegExp(`^${reference}\\.01\n`));
	await expect(copy).toContainText('32 dari 100 huruf');
	await expect(copy.getByRole('status')).toContainText(/^6 dari \d+ isian disalin$/);
	await page.reload();
	await expect(copy.getByRole('checkbox', { name: 'Sudah disalin: Isi laporan' })).toBeChecked();
	const download = page.waitForEvent('download');
	await copy.getByRole('link', { name: 'Unduh: lampiran-1.jpg' }).click();
	expect((await download).suggestedFilename()).toBe('lampiran-1.jpg');

	await page.locator('#lapor_id').fill('nomor belum ada');
	await button(page, 'Simpan nomor').click();
	await expect(page.getByRole('alert')).toContainText('4 sampai 10 angka');
	await page.locator('#lapor_id').fill('#7604001');
	await button(page, 'Simpan nomor').click();
	await expect(page.getByRole('status')).toContainText('Nomor #7604001 tersimpan');
	await visitForward(page, forward);

	// What the office writes meanwhile waits to be written there, one after the other.
	await page.goto(`${byHand.origin}/desk/cases/${reference}/messages`);
	await page.locator('[name=body]').fill('Kami sedang menambah petugas di loket dua.');
	await button(page, 'Kirim ke pelapor').click();
	await expect(async () => {
		await page.goto(forward);
		await expect(page.locator('#followups')).toContainText('Kami sedang menambah petugas', { timeout: 500 });
	}).toPass({ timeout: 30_000 });
	await expectAccessible(page);
	await button(page, 'Sudah saya tulis di sana').click();
	await expect(page.locator('#followups')).toContainText('Terkirim');

	const status = async (name: string, note: string) => {
		await page.locator('[name=status_name]').selectOption(name);
		await page.locator('[name=note]').fill(note);
		await button(page, 'Simpan status').click();
		await expect(page.getByRole('status')).toContainText('Status tersimpan');
	};
	await status('Dalam Proses', 'Diteruskan ke bagian umum.');
	await status('Selesai', 'Loket dua kini dijaga dua petugas.');
	await expect(page.getByRole('status')).toContainText('jawaban instansi sudah disampaikan');
	await expect(page.locator('#history')).toContainText('Siti Rahma');
	await visitForward(page, forward);
	await page.goto(`${byHand.origin}/desk/cases/${reference}`);
	await expect(page.getByText('Sudah dijawab').first()).toBeVisible();
	await visitForward(page, `${byHand.origin}/desk/escalations`);
});

/** What the service refuses, how it is spoiled on the wire, and the words that say what to do. */
const STRICT: [name: string, (headers: Record<string, unknown>) => void][] = [
	['a missing token header', (headers) => delete headers.token],
	[
		'the key under another header’s name',
		(headers) => {
			headers.auth = headers.authorization;
			delete headers.authorization;
		}
	]
];

for (const [name, spoil] of STRICT) {
	test(`${name} stops the connection, and the handler reads whom to ask; a test call that succeeds lets all go`, async () => {
		test.setTimeout(120_000);
		office.wire.bend(({ headers }) => spoil(headers));
		const { reference, page: path } = await office.forwarded();
		await expect(async () => {
			await desk.goto(at(path));
			await expect(desk.locator('main')).toContainText('tidak mengenali kunci masuk kantor ini', { timeout: 500 });
		}).toPass({ timeout: 30_000 });
		await expect(desk.locator('main')).toContainText('Mintalah pengelola mencocokkan kunci');
		await visitForward(desk, at(path));
		await visitForward(desk, at('/desk/escalations'));
		await expect(desk.getByRole('alert')).toContainText('Sambungan ke SP4N-LAPOR! dihentikan');
		await desk.goto(at(`/desk/cases/${reference}`));
		await expect(desk.locator('main')).toContainText('Mintalah pengelola mencocokkan kunci');

		office.wire.bend();
		await desk.goto(at('/admin/lapor'));
		await button(desk, 'Coba sambungan').click();
		await expect(desk.getByText('Tersambung dalam')).toBeVisible();
		await until(desk, at(path), 'Terkirim');
		expect(await office.reports(reference)).toHaveLength(1);
	});
}

test('a create without a key comes back to the handler, with what an administrator has to put right', async () => {
	office.wire.bend(({ json }) => {
		if (json) delete json.location_id;
	});
	const { page: path } = await office.forwarded();
	await until(desk, at(path), 'Isian dikembalikan, perbaiki lalu kirim');
	await expect(desk.locator('main')).toContainText('Lokasi: The location_id field is required.');
	await expect(desk.locator('main')).toContainText('Mintalah pengelola memperbaikinya');
	await expectAccessible(desk);
});

test('attachments without the dot that the service wants come back beside the files', async () => {
	office.wire.bend(({ json }) => {
		if (typeof json?.attachments === 'string') json.attachments = json.attachments.replace(/\.$/, '');
	});
	const page = desk;
	const { reference } = await office.complaint();
	await office.attach(reference, await photo());
	const forward = await forwardByScreen(page, office.origin, reference);
	await until(page, forward, 'Isian dikembalikan, perbaiki lalu kirim');
	await expect(page.locator('#attachments-error')).toContainText('The attachments format is invalid');
	await expectAccessible(page);
});

test('a document of over 8 MB is refused at our door, one over 2 MB stays behind, one LAPOR refuses too, and the report goes', async () => {
	test.setTimeout(120_000);
	const { reference } = await office.complaint({
		identity: 'named',
		reporter: { name: 'Andi Baso', phone: '0812-3456-7890' }
	});
	const document = { type: 'application/pdf', name: 'bukti.pdf' };
	const refused = await office.attach(reference, { ...document, bytes: Buffer.alloc(8_500_000, '%PDF-1.4\n') });
	expect(refused.status).toBe(422);
	expect(await refused.text()).toContain('lebih besar dari 8 MB');
	// Noise is what a picture file can't make smaller.
	expect((await office.attach(reference, { ...document, bytes: await noisyPdf(20) })).status).toBe(201);
	await office.attach(reference, await photo());
	await office.faults({
		kind: 'answer',
		match: { endpoint: 'upload' },
		count: 1,
		status: 422,
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ message: 'The attachments.0 may not be greater than 512 kilobytes.' })
	});
	await desk.goto(at(`/desk/cases/${reference}/escalation`));
	await expect(desk.locator('main')).toContainText('lebih dari 2 MB, tidak ikut dikirim');
	const forward = await forwardByScreen(desk, office.origin, reference);
	await until(desk, forward, 'Terkirim');
	await expect(desk.locator('.with-side')).toContainText(
		'ditolak SP4N-LAPOR!: The attachments.0 may not be greater than 512 kilobytes.'
	);
	await expect(desk.locator('.with-side')).toContainText('Laporan tetap berjalan tanpa berkas itu.');
	await visitForward(desk, forward);
	const [report] = await office.reports(reference);
	expect(report?.payload.attachments).toBe(false);
});

const photo = async () => ({ bytes: await photoWithPosition(), type: 'image/jpeg', name: 'loket.jpg' });

/** A document whose pages are all the same noise: small as it comes, large as pictures. */
async function noisyPdf(pages: number): Promise<Uint8Array> {
	const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
	const page = await sharp({ create: { width: 600, height: 850, channels: 3, background: '#000', noise } })
		.jpeg()
		.toBuffer();
	const document = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false });
	for (let drawn = 0; drawn < pages; drawn++) document.addPage().image(page, 0, 0, { width: 595 });
	document.end();
	return buffer(document);
}
