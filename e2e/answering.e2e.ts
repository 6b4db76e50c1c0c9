import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { getDocumentProxy } from 'unpdf';
import { running } from './support/journey.ts';
import { expectAccessible, signedIn, visit } from './support/pages.ts';
import { photoWithPosition } from './support/photo.ts';
import { api } from './support/site.ts';

const run = promisify(execFile);
const BODY = 'Mesin antrean mati dan tidak ada petugas yang mengatur giliran sejak pagi.';

async function open(kind: string, more: Record<string, unknown> = {}): Promise<{ reference: string; receipt: string }> {
	const { status, body } = await api(running().origin, '/cases', {
		body: { unit: 'mamuju', kind, body: BODY, identity: 'none', submission_id: randomUUID(), ...more }
	});
	expect(status).toBe(201);
	return { reference: String(body.reference), receipt: String(body.receipt) };
}

async function step(reference: string, name: string, input: Record<string, unknown>): Promise<void> {
	const { origin } = running();
	const { body: shown } = await api(origin, `/cases/${reference}`);
	const { status } = await api(origin, `/cases/${reference}/${name}`, { body: { ...input, version: shown.version } });
	expect(status, name).toBe(200);
}

async function track(page: Page, receipt: string): Promise<void> {
	await page.goto(`${running().origin}/lacak`);
	await page.locator('[name=receipt]').fill(receipt);
	await page.locator('form[method=POST] button').first().click();
	await expect(page).toHaveURL(/\/lacak\/laporan$/);
}

const panel = (page: Page) => page.locator('section[aria-labelledby=verb-title]');
const go = (page: Page, reference: string, verb = '') =>
	page.goto(`${running().origin}/desk/cases/${reference}${verb && `/${verb}`}`);

async function phoneOf(browser: Browser, username: string): Promise<Page> {
	const page = await signedIn(browser, username);
	await page.setViewportSize({ width: 360, height: 780 });
	return page;
}

/** Nothing is wider than the phone. */
async function expectNoSideways(page: Page): Promise<void> {
	const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	expect(wider).toBeLessThanOrEqual(0);
}

/** The words of a PDF, by a reader of another hand where the machine has one. */
async function wordsOf(path: string): Promise<string | undefined> {
	const pdf = await getDocumentProxy(new Uint8Array(readFileSync(path)));
	expect(pdf.numPages).toBeGreaterThan(0);
	try {
		return (await run('pdftotext', ['-layout', path, '-'])).stdout;
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw cause;
	}
}

test('from a template to an approved answer: a draft with a file, sent back and approved on a phone, read with its letter', async ({
	browser
}) => {
	test.setTimeout(240_000);
	const { origin } = running();
	const head = await phoneOf(browser, 'wakil.mamuju');
	const name = `Antrean diatur kembali ${randomUUID().slice(0, 6)}`;

	// A supervisor writes a template; what nothing is ever put in for is refused, and the words stay.
	await visit(head, '/admin/templates');
	await visit(head, '/admin/templates/new');
	await head.locator('[name=name]').fill(name);
	await head.locator('[name=use]').selectOption('answer');
	await head.locator('[name=body]').fill('Terima kasih atas laporan {nomr} tentang layanan {layanan}.');
	await head.getByRole('button', { name: 'Lihat pratinjau' }).click();
	await expect(head.locator('#body-error')).toContainText('{nomr}');
	await head.locator('[name=body]').fill('Terima kasih atas laporan {nomor} tentang layanan {layanan}.');
	await head.getByRole('button', { name: 'Lihat pratinjau' }).click();
	await expect(head.locator('blockquote')).toContainText('SPATULA-7604-26-000123 tentang layanan Konsultasi statistik');
	await expectAccessible(head);
	await expectNoSideways(head);
	await head.getByRole('button', { name: 'Tambah contoh' }).click();
	await expect(head).toHaveURL(/\/admin\/templates\?saved/);
	await expect(head.getByRole('link', { name })).toBeVisible();

	const { reference, receipt } = await open('complaint', { title: 'Mesin antrean mati' });
	await step(reference, 'verification', { category: 'facilities', class: 'plain' });
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, `/desk/cases/${reference}/answer`);
	await desk.getByText('Mulai dari contoh balasan').first().click();
	await desk.locator('#body-template').selectOption({ label: `${name} (id)` });
	await expect(panel(desk).locator('blockquote').first()).toContainText(
		`laporan ${reference} tentang layanan {layanan}`
	);
	await desk.getByRole('button', { name: 'Pakai contoh' }).click();
	await expect(desk.getByRole('status').filter({ hasText: '{layanan}' })).toBeVisible();
	await expect(desk.locator('#body')).toHaveValue(new RegExp(reference));
	await expectAccessible(desk);
	const send = () => panel(desk).getByRole('button', { name: 'Ajukan untuk disetujui' }).click();
	// An empty placeholder does not go out.
	await send();
	await expect(desk.locator('#body-error')).toContainText('{layanan}');
	const words = `Terima kasih atas laporan ${reference}. Mesin antrean sudah diperbaiki.`;
	await desk.locator('#body').fill(words);
	// Nor does an answer to a complaint that shows nothing of what was done; what was typed stays.
	await send();
	await expect(desk.locator('#action-error')).toContainText('perlu bukti');
	await expect(desk.locator('#body')).toHaveValue(words);
	await expectAccessible(desk);
	await desk.setInputFiles('#file', { name: 'mesin.jpg', mimeType: 'image/jpeg', buffer: await photoWithPosition() });
	await send();
	await expect(desk.getByText('menunggu persetujuan').first()).toBeVisible();

	const citizen = await (await browser.newContext({ viewport: { width: 360, height: 780 } })).newPage();
	await track(citizen, receipt);
	await expect(citizen.locator('img[src^="/berkas/"]')).toHaveCount(0);
	await expect(citizen.getByText('sudah diperbaiki')).toHaveCount(0);

	// On a phone: what is answered, the draft, its file, and the two decisions.
	await visit(head, `/desk/cases/${reference}/approval`);
	await expectNoSideways(head);
	await expect(panel(head).getByText(BODY)).toBeVisible();
	await expect(panel(head).getByText('Mesin antrean sudah diperbaiki')).toBeVisible();
	await expect(panel(head).locator('img[src^="/berkas/"]')).toBeVisible();
	await panel(head).locator('[name=reason]').fill('Sebutkan tanggal perbaikannya.');
	await panel(head).getByRole('button', { name: 'Kembalikan untuk diperbaiki' }).click();
	await expect(head).toHaveURL(/done=sent_back/);

	await go(desk, reference);
	await expect(desk.getByText('Sebutkan tanggal perbaikannya.').first()).toBeVisible();
	await desk.getByRole('link', { name: 'Perbaiki' }).click();
	await expect(panel(desk).getByText('Sebutkan tanggal perbaikannya.')).toBeVisible();
	await expect(panel(desk).locator('img[src^="/berkas/"]')).toBeVisible();
	await expectAccessible(desk);
	await desk.locator('#action').fill('Mesin antrean diperbaiki teknisi.');
	await desk.locator('#action_on').fill((await desk.locator('#action_on').getAttribute('max')) ?? '');
	await send();
	await expect(desk).toHaveURL(/done=drafted/);

	await go(head, reference, 'approval');
	await expect(panel(head).getByText('Mesin antrean diperbaiki teknisi.')).toBeVisible();
	await panel(head).getByRole('button', { name: 'Setujui dan kirim' }).click();
	await expect(head).toHaveURL(/done=approved/);

	await track(citizen, receipt);
	await expect(citizen.getByText('Mesin antrean sudah diperbaiki').first()).toBeVisible();
	await expect(citizen.getByText('Mesin antrean diperbaiki teknisi.').first()).toBeVisible();
	const photo = citizen.locator('img[src^="/berkas/"]').first();
	await expect(photo).toBeVisible();
	expect((await citizen.request.get(`${origin}${await photo.getAttribute('src')}`)).status()).toBe(200);
	await expectAccessible(citizen);
	await expectNoSideways(citizen);
	const [download] = await Promise.all([
		citizen.waitForEvent('download'),
		citizen.getByRole('link', { name: /Unduh surat jawaban/ }).click()
	]);
	expect(download.suggestedFilename()).toMatch(/^surat-jawaban-\d+-SPATULA-7604-\d{4}\.pdf$/);
	const read = await wordsOf(await download.path());
	if (read !== undefined) {
		expect(read.replace(/\s+/g, ' ')).toContain('Mesin antrean sudah diperbaiki.');
		for (const part of [reference, 'Ditulis oleh', 'Disetujui oleh', 'Ombudsman', 'Mesin antrean mati']) {
			expect(read).toContain(part);
		}
		expect(read).not.toContain(receipt);
	}
	// Only a browser with the receipt's cookie gets the letter.
	expect((await fetch(`${origin}${new URL(download.url()).pathname}`)).status).toBe(404);
	await go(desk, reference);
	await expect(desk.getByRole('link', { name: /Unduh surat jawaban/ })).toBeVisible();
});

test('a suggestion is answered directly with one form', async ({ browser }) => {
	test.setTimeout(120_000);
	const { reference, receipt } = await open('suggestion', { body: 'Sediakan kursi untuk orang tua di ruang tunggu.' });
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await go(desk, reference);
	await desk.getByRole('link', { name: 'Jawab langsung' }).click();
	await visit(desk, `/desk/cases/${reference}/direct`);
	await desk.locator('[name=category]').selectOption('facilities');
	await desk.locator('#body').fill('Terima kasih. Lima kursi sudah kami sediakan di dekat loket.');
	await panel(desk).getByRole('button', { name: 'Kirim jawaban ke pelapor' }).click();
	await expect(desk).toHaveURL(/done=answered_directly/);
	await expect(desk.getByRole('status').filter({ hasText: 'diverifikasi, ditugaskan kepada Anda' })).toBeVisible();
	await expectAccessible(desk);
	const { body: timeline } = await api(running().origin, `/cases/${reference}/timeline`);
	expect((timeline.items as { type: string }[]).map(({ type }) => type)).toEqual([
		'opened',
		'verified',
		'assigned',
		'answered'
	]);
	const citizen = await (await browser.newContext()).newPage();
	await track(citizen, receipt);
	await expect(citizen.getByText('Lima kursi sudah kami sediakan').first()).toBeVisible();

	const { reference: complaint } = await open('complaint');
	await go(desk, complaint);
	await expect(desk.getByRole('link', { name: 'Jawab langsung' })).toHaveCount(0);
});

test('a note speaks to a colleague who sees the case, and says so where nobody of the name does', async ({
	browser
}) => {
	test.setTimeout(120_000);
	const { reference } = await open('complaint');
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await go(desk, reference);
	await desk.locator('#message-body').fill('Mohon dicek, @petugas.entah dan @wakil.mamuju.');
	await desk.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(desk.locator('#message-body-error')).toContainText('@petugas.entah tidak dapat disebut');
	await expectAccessible(desk);
	await desk.locator('#message-body').fill('Mohon dicek, @wakil.mamuju.');
	await desk.getByText('Sebut rekan di catatan intern').click();
	await desk.getByLabel('(@kepala.sulbar)').check({ force: true });
	await expectAccessible(desk);
	await desk.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(desk).toHaveURL(/done=note_kept/);
	await expect(desk.locator('mark')).toHaveText(['@wakil.mamuju', '@kepala.sulbar']);
	await visit(desk, `/desk/cases/${reference}`);
	const { body: timeline } = await api(running().origin, `/cases/${reference}/timeline`);
	const note = (timeline.items as { type: string; data: { mentions?: string[] } }[]).find(
		({ type }) => type === 'note'
	);
	expect(note?.data.mentions).toHaveLength(2);
});

test('without scripts a template is put in by sending the form, which loses nothing typed', async ({ browser }) => {
	test.setTimeout(120_000);
	const { reference } = await open('information_request');
	const { origin } = running();
	const state = await (await signedIn(browser, 'pengelola.mamuju')).context().storageState();
	const context = await browser.newContext({ javaScriptEnabled: false, storageState: state });
	const page = await context.newPage();
	await page.goto(`${origin}/desk/cases/${reference}/question`);
	// What will stand still, and until when, is said before asking.
	await expect(
		panel(page).getByText(/Berhenti sementara sampai pelapor menjawab, paling lama sampai \w+, \d/)
	).toBeVisible();
	await page.getByText('Mulai dari contoh balasan').first().click();
	await page.locator('#body').fill('Selamat pagi.');
	await page.getByRole('button', { name: 'Pakai contoh' }).click();
	await expect(page.locator('#body-template-error')).toContainText('Pilih dulu contohnya');
	await expect(page.locator('#body')).toHaveValue('Selamat pagi.');
	await page.locator('#body-template').selectOption({ label: 'Minta rincian data yang dicari (id)' });
	await page.getByRole('button', { name: 'Pakai contoh' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'belum dikirim' })).toBeVisible();
	await expect(page.locator('#body')).toHaveValue(
		/^Selamat pagi\.\n\nAgar data yang Anda cari[\s\S]*paling lambat \w+, \d/
	);
	await panel(page).getByRole('button', { name: 'Kirim pertanyaan' }).click();
	await expect(page).toHaveURL(/done=asked/);

	await page.goto(`${origin}/desk/cases/${reference}`);
	await page.getByText('Mulai dari contoh balasan').click();
	await page.locator('#message-body-template').selectOption({ label: 'Laporan sedang kami periksa (id)' });
	await page.getByRole('button', { name: 'Pakai contoh' }).click();
	await expect(page.locator('#message-body')).toHaveValue(new RegExp(reference));
	await expect(page.getByRole('status').filter({ hasText: '{batas_waktu}' })).toBeVisible();
	await context.close();
});

test('the third question stops no clock, and the form says so', async ({ browser }) => {
	test.setTimeout(120_000);
	const { reference, receipt } = await open('complaint');
	await step(reference, 'verification', { category: 'facilities', class: 'plain' });
	const citizen = await (await browser.newContext()).newPage();
	for (const question of ['Di loket mana?', 'Sekitar pukul berapa?']) {
		await step(reference, 'information-request', { body: question });
		await track(citizen, receipt);
		await citizen.goto(`${running().origin}/lacak/laporan/pesan`);
		await citizen.locator('[name=body]').fill('Di loket dua, pukul sembilan.');
		await citizen.locator('main form[method=POST] button').last().click();
		await expect(citizen).toHaveURL(/terkirim/);
	}
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, `/desk/cases/${reference}/question`);
	await expect(panel(desk)).toContainText('waktu penanganan tetap berjalan');
	await expect(panel(desk)).toContainText(/Tetap berjalan: .*Penyelesaian/);
	await expect(panel(desk)).not.toContainText('Berhenti sementara');
});

test('an answer with an empty heading is neither drafted at the desk nor approved', async ({ browser }) => {
	const { reference } = await open('complaint');
	const { origin } = running();
	await step(reference, 'verification', { category: 'time', class: 'plain' });
	const unfilled = 'Terima kasih atas pengaduan Anda.\n\nHasil pemeriksaan:\n\nYang kami lakukan:\n\nSalam hormat.';
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await go(desk, reference, 'answer');
	await desk.locator('[name=body]').fill(unfilled);
	await desk.locator('[name=action]').fill('Mesin antrean diperbaiki.');
	await desk.locator('[name=action_on]').fill(new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10));
	await panel(desk).locator('button.primary').first().click();
	await expect(desk.getByText('isian atau judul yang kosong').first()).toBeVisible();
	await expect(desk.locator('[name=body]')).toHaveValue(unfilled);

	await step(reference, 'answer', { body: unfilled });
	const head = await signedIn(browser, 'kepala.mamuju');
	await go(head, reference, 'approval');
	await panel(head).getByRole('button', { name: 'Setujui dan kirim' }).click();
	await expect(head.getByText('Konsep ini belum diisi lengkap: “Hasil pemeriksaan:”').first()).toBeVisible();
	await expectAccessible(head);
	const { body: shown } = await api(origin, `/cases/${reference}`);
	expect(shown).toMatchObject({ status: 'in_progress', answer: { state: 'pending' } });
});
