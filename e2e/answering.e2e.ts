import { readFile } from 'node:fs/promises';
import { act, openCase, timelineOf } from './support/cases.ts';
import { running } from './support/journey.ts';
import {
	approveDraft,
	downloaded,
	expectAccessible,
	expectFits,
	fill,
	checkPagesInFullRun,
	openAtDesk,
	panel,
	sendVerb,
	signedIn,
	track,
	openAndCheck,
	writeToOffice
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { photoFile } from './support/photo.ts';
import { api, today } from './support/site.ts';
import { CORE, expect, test } from './support/test.ts';

const BODY = 'Mesin antrean mati dan tidak ada petugas yang mengatur giliran sejak pagi.';
const VERIFIED = { category: 'facilities', class: 'plain' };

test(
	'a draft from a template is sent back, approved on a phone and read with its letter',
	{ tag: CORE },
	async ({ browser }) => {
		const head = await signedIn(browser, 'penyelia2.mamuju');
		const name = `Antrean diatur kembali ${crypto.randomUUID().slice(0, 6)}`;

		// A supervisor writes a template. An unknown placeholder is refused, and the text stays.
		await checkPagesInFullRun(head, '/admin/templates');
		await openAndCheck(head, '/admin/templates/new');
		await head.locator('[name=name]').fill(name);
		await head.locator('[name=use]').selectOption('answer');
		await head.locator('[name=body]').fill('Terima kasih atas laporan {nomr} tentang layanan {layanan}.');
		await head.getByRole('button', { name: 'Lihat pratinjau' }).click();
		await expect(head.locator('#body-error')).toContainText('{nomr}');
		await head.locator('[name=body]').fill('Terima kasih atas laporan {nomor} tentang layanan {layanan}.');
		await head.getByRole('button', { name: 'Lihat pratinjau' }).click();
		await expect(head.locator('blockquote')).toContainText('SPATULA-1203-26-000123 tentang layanan Nama layanan');
		await expectAccessible(head);
		await expectFits(head);
		await head.getByRole('button', { name: 'Tambah contoh' }).click();
		await expect(head).toHaveURL(/\/admin\/templates\?saved/);
		await expect(head.getByRole('link', { name })).toBeVisible();

		const { reference, receipt } = await openCase({ title: 'Mesin antrean mati', body: BODY });
		await act(reference, 'verification', VERIFIED);
		const desk = await signedIn(browser, 'penangan.mamuju');
		await openAndCheck(desk, `/desk/cases/${reference}/answer`);
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
		await desk.setInputFiles('#file', await photoFile('mesin.jpg'));
		// A text with an empty placeholder is not sent. The browser forgets the file, and the page says so.
		await send();
		await expect(panel(desk).getByText('Tadi Anda memilih: mesin.jpg')).toBeVisible();
		await expect(desk.locator('#body-error')).toContainText('{layanan}');
		const words = `Terima kasih atas laporan ${reference}. Mesin antrean sudah diperbaiki.`;
		await desk.locator('#body').fill(words);
		// An answer to a complaint without evidence is not sent either. The typed text stays.
		await send();
		await expect(desk.locator('#action-error')).toContainText('perlu bukti');
		await expect(desk.locator('#body')).toHaveValue(words);
		await expectAccessible(desk);
		await desk.setInputFiles('#file', await photoFile('mesin.jpg'));
		await send();
		await expect(desk.getByText('menunggu persetujuan').first()).toBeVisible();
		// The writer can't be the second person.
		await openAtDesk(desk, reference, 'approval');
		await expect(desk.locator('button[name=decision][value=approve]')).toHaveCount(0);

		const citizen = await browser.newPage();
		await track(citizen, receipt);
		await expect(citizen.locator('img[src^="/berkas/"]')).toHaveCount(0);
		await expect(citizen.getByText('sudah diperbaiki')).toHaveCount(0);

		// On a phone: the case, the draft, its file, and the two decisions.
		await openAndCheck(head, `/desk/cases/${reference}/approval?decision=send_back`);
		await expectFits(head);
		await expect(panel(head).getByText(BODY)).toBeVisible();
		await expect(panel(head).getByText('Mesin antrean sudah diperbaiki')).toBeVisible();
		await expect(panel(head).locator('img[src^="/berkas/"]')).toBeVisible();
		// With `?decision=send_back` the primary button sends the draft back. An approval with a written reason is refused.
		const button = panel(head).locator('.button.primary:visible');
		await expect(button).toHaveText('Kembalikan untuk diperbaiki');
		await panel(head).locator('[name=reason]').fill('Sebutkan tanggal perbaikannya.');
		await panel(head).locator('summary.button').click();
		await panel(head).getByRole('button', { name: 'Ya, setujui' }).click();
		await expect(head.locator('#reason-error')).toContainText('hapus tulisannya lalu setujui');
		await expect(head.locator('#reason')).toHaveValue('Sebutkan tanggal perbaikannya.');
		await expect(button).toHaveText('Kembalikan untuk diperbaiki');
		await panel(head).getByRole('button', { name: 'Kembalikan untuk diperbaiki' }).click();
		await expect(head).toHaveURL(/done=sent_back/);

		await openAtDesk(desk, reference);
		await expect(desk.getByText('Sebutkan tanggal perbaikannya.').first()).toBeVisible();
		await desk.getByRole('link', { name: 'Perbaiki' }).click();
		await expect(panel(desk).getByText('Sebutkan tanggal perbaikannya.')).toBeVisible();
		await expect(panel(desk).locator('img[src^="/berkas/"]')).toBeVisible();
		await expectAccessible(desk);
		// After a reload, the page shows the typed text and the stored draft. Discarding the text leaves the draft in the
		// field.
		await desk.locator('#body').fill('Mesin antrean sudah');
		await desk.reload();
		await expect(panel(desk).getByText('sudah menyimpan rancangan')).toBeVisible();
		await expect(panel(desk).locator('blockquote').first()).toContainText(words);
		await desk.getByRole('button', { name: 'Buang teks ini' }).click();
		await expect(desk.locator('#body')).toHaveValue(words);
		await desk.locator('#action').fill('Mesin antrean diperbaiki teknisi.');
		await desk.locator('#action_on').fill((await desk.locator('#action_on').getAttribute('max')) ?? '');
		await send();
		await expect(desk).toHaveURL(/done=drafted/);

		await openAtDesk(head, reference, 'approval');
		await expect(panel(head).getByText('Mesin antrean diperbaiki teknisi.')).toBeVisible();
		await approveDraft(head);
		await expect(head).toHaveURL(/done=approved/);

		await track(citizen, receipt);
		await expect(citizen.getByText('Mesin antrean sudah diperbaiki').first()).toBeVisible();
		await expect(citizen.getByText('Mesin antrean diperbaiki teknisi.').first()).toBeVisible();
		const photo = citizen.locator('img[src^="/berkas/"]').first();
		await expect(photo).toBeVisible();
		// A list loads thumbnails.
		await expect(photo).toHaveAttribute('src', /\?kecil$/);
		expect((await citizen.request.get((await photo.getAttribute('src')) ?? '')).status()).toBe(200);
		await expectAccessible(citizen);
		await expectFits(citizen);
		const download = await downloaded(citizen, citizen.getByRole('link', { name: /Unduh surat jawaban/ }));
		expect(download.suggestedFilename()).toMatch(/^surat-jawaban-\d+-SPATULA-7604-\d{4}\.pdf$/);
		const letter = (await readPdf(await readFile(await download.path()))).text.replace(/\s+/g, ' ');
		const parts = ['Mesin antrean sudah diperbaiki.', reference, 'Ditulis oleh', 'Disetujui oleh', 'Ombudsman'];
		for (const part of [...parts, 'Mesin antrean mati']) expect(letter).toContain(part);
		expect(letter).not.toContain(receipt);
		// Only a browser with the receipt's cookie gets the letter.
		expect((await fetch(download.url())).status).toBe(404);
		await openAtDesk(desk, reference);
		await expect(desk.getByRole('link', { name: /Unduh surat jawaban/ })).toBeVisible();
	}
);

test('a suggestion is answered directly with one form', async ({ browser }) => {
	const { reference, receipt } = await openCase({
		kind: 'suggestion',
		body: 'Sediakan kursi untuk orang tua di ruang tunggu.'
	});
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	await desk.getByRole('link', { name: 'Jawab langsung' }).click();
	await expect(desk).toHaveURL(/\/direct$/);
	await openAndCheck(desk, `/desk/cases/${reference}/direct`);
	await desk.locator('[name=category]').selectOption('facilities');
	await desk.locator('#body').fill('Terima kasih. Lima kursi sudah kami sediakan di dekat loket.');
	await panel(desk).getByRole('button', { name: 'Kirim jawaban ke pelapor' }).click();
	await expect(desk).toHaveURL(/done=answered_directly/);
	await expect(desk.getByRole('status').filter({ hasText: 'diverifikasi, ditugaskan kepada Anda' })).toBeVisible();
	await expectAccessible(desk);
	const types = (await timelineOf(reference)).map(({ type }) => type);
	expect(types).toEqual(['opened', 'verified', 'assigned', 'answered']);
	const citizen = await browser.newPage();
	await track(citizen, receipt);
	await expect(citizen.getByText('Lima kursi sudah kami sediakan').first()).toBeVisible();

	const { reference: complaint } = await openCase();
	await openAtDesk(desk, complaint);
	await expect(desk.getByRole('link', { name: 'Jawab langsung' })).toHaveCount(0);
});

test('a note is refused if it mentions an unknown name, and then mentions two colleagues', async ({ browser }) => {
	const { reference } = await openCase();
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	await desk.locator('#message-body').fill('Mohon dicek, @petugas.entah dan @penyelia2.mamuju.');
	await desk.getByText('Lampiran, sebut rekan').click();
	await desk.getByLabel('(@penyelia.sulbar)').check({ force: true });
	await desk.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(desk.locator('#message-body-error')).toContainText('@petugas.entah tidak dapat disebut');
	await expectAccessible(desk);
	// A colleague's change that is shown meanwhile keeps the error and the chosen colleagues.
	await api(running().origin, `/cases/${reference}/messages`, { body: { body: 'Kami periksa.', public: true } });
	await desk.getByRole('button', { name: 'Tampilkan perubahan' }).click();
	await expect(desk.getByText('Kami periksa.').first()).toBeVisible();
	await expect(desk.locator('#message-body-error')).toContainText('@petugas.entah tidak dapat disebut');
	await expect(desk.getByLabel('(@penyelia.sulbar)')).toBeChecked();
	await desk.locator('#message-body').fill('Mohon dicek, @penyelia2.mamuju.');
	await desk.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(desk).toHaveURL(/done=note_kept/);
	await expect(desk.locator('mark')).toHaveText(['@penyelia2.mamuju', '@penyelia.sulbar']);
	await openAndCheck(desk, `/desk/cases/${reference}`);
	const note = (await timelineOf(reference)).find(({ type }) => type === 'note');
	expect(note?.data.mentions).toHaveLength(2);
});

test('without scripts a template is inserted by sending the form, and typed text stays', async ({ browser }) => {
	const { reference } = await openCase({ kind: 'information_request' });
	const page = await signedIn(browser, 'penangan.mamuju', { javaScriptEnabled: false });
	await openAtDesk(page, reference, 'question');
	// Before asking, the form says which deadlines will be paused and until when.
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

	await openAtDesk(page, reference);
	await page.getByText('Mulai dari contoh balasan').click();
	await page.locator('#message-body-template').selectOption({ label: 'Laporan sedang kami periksa (id)' });
	await page.getByRole('button', { name: 'Pakai contoh' }).click();
	await expect(page.locator('#message-body')).toHaveValue(new RegExp(reference));
	await expect(page.getByRole('status').filter({ hasText: '{batas_waktu}' })).toBeVisible();
});

test('the third question pauses no deadline, and the form says so', async ({ browser }) => {
	const { reference, receipt } = await openCase();
	await act(reference, 'verification', VERIFIED);
	const citizen = await browser.newPage();
	for (const question of ['Di loket mana?', 'Sekitar pukul berapa?']) {
		await act(reference, 'information-request', { body: question });
		await track(citizen, receipt);
		await citizen.goto('/lacak/laporan/pesan');
		await writeToOffice(citizen, 'Di loket dua, pukul sembilan.');
	}
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, `/desk/cases/${reference}/question`);
	await expect(panel(desk)).toContainText('waktu penanganan tetap berjalan');
	await expect(panel(desk)).toContainText(/Tetap berjalan: .*Penyelesaian/);
	await expect(panel(desk)).not.toContainText('Berhenti sementara');
});

test('the desk does not submit an answer with an empty heading, nor approve one from the API', async ({ browser }) => {
	const { reference } = await openCase();
	await act(reference, 'verification', VERIFIED);
	const unfilled = 'Terima kasih atas pengaduan Anda.\n\nHasil pemeriksaan:\n\nYang kami lakukan:\n\nSalam hormat.';
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference, 'answer');
	await fill(desk, {
		body: unfilled,
		action: 'Mesin antrean diperbaiki.',
		action_on: today()
	});
	await sendVerb(desk);
	await expect(desk.getByText('isian atau judul yang kosong').first()).toBeVisible();
	await expect(desk.locator('[name=body]')).toHaveValue(unfilled);

	await act(reference, 'answer', { body: unfilled });
	// The second writer reads the draft that came first, and keeps their own text.
	await desk.locator('[name=body]').fill('Mesin antrean sudah kami perbaiki.');
	await sendVerb(desk);
	await expect(panel(desk).getByText('sudah menyimpan rancangan')).toBeVisible();
	await expect(panel(desk).locator('blockquote')).toContainText('Hasil pemeriksaan:');
	await expect(desk.locator('[name=body]')).toHaveValue('Mesin antrean sudah kami perbaiki.');
	const head = await signedIn(browser, 'penyelia.mamuju');
	await openAtDesk(head, reference, 'approval');
	await approveDraft(head);
	await expect(head.getByText('Rancangan ini belum diisi lengkap: “Hasil pemeriksaan:”').first()).toBeVisible();
	await expectAccessible(head);
	const { body: shown } = await api(running().origin, `/cases/${reference}`);
	expect(shown).toMatchObject({ status: 'in_progress', answer: { state: 'pending' } });
});
