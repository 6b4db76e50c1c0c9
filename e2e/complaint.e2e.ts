import { sandboxControl } from '../src/lib/dev/testing/forwarding/sandbox-control.ts';
import { act, openCase } from './support/cases.ts';
import { running } from './support/journey.ts';
import {
	expectAccessible,
	expectFits,
	fillReport,
	checkPagesInFullRun,
	openAtDesk,
	openUntil,
	panel,
	phoneWithoutScripts,
	printedPages,
	readReceipt,
	sendVerb,
	showLastStep,
	signedIn,
	track,
	openAndCheck,
	writeToOffice
} from './support/pages.ts';
import { expectNoMetadata, photoFile } from './support/photo.ts';
import { CORE, expect, test, type Locator, type Page } from './support/test.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam pada pagi hari.';

/** Not a photo, with a long name as phones give. */
const NO_PHOTO = 'IMG_20261201_kursi_ruang_tunggu_patah.jpg';

/** The words that are drawn on the picture of a receipt. */
async function pictureWords(page: Page): Promise<string[]> {
	await page.evaluate(() => {
		const { fillText } = CanvasRenderingContext2D.prototype;
		const words: string[] = [];
		Object.assign(window, { words });
		CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
			words.push(text);
			fillText.call(this, text, ...at);
		};
	});
	const [download] = await Promise.all([
		page.waitForEvent('download'),
		page.getByRole('button', { name: 'Simpan sebagai gambar' }).click()
	]);
	expect(download.suggestedFilename()).toMatch(/\.png$/);
	return page.evaluate(() => (window as unknown as { words: string[] }).words);
}

async function sendComplaint(page: Page): Promise<{ reference: string; receipt: string }> {
	await page.goto('/q/MMJKTK');
	await page.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	await expect(page).toHaveURL(/\/mamuju\/pengaduan/);
	await expectAccessible(page);
	await fillReport(page, BODY, 'none', { category: 'facilities' });
	await page.setInputFiles('[name=file]', { name: NO_PHOTO, mimeType: 'image/jpeg', buffer: Buffer.from('x') });
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	// A file that is no photo is refused with the reason, and the text stays.
	await expect(page.locator('#errors')).toContainText(NO_PHOTO);
	// The field's error names the file, so the list shows no second error.
	await expect(page.locator('#file-error')).toContainText(NO_PHOTO);
	await expect(page.getByText('Foto ini tidak dapat ditampilkan')).toBeHidden();
	await expectFits(page, 360);
	await expect(page.getByRole('heading', { name: 'Langkah 2 dari 4 Foto atau dokumen' })).toBeVisible();
	await expect(page.locator('[name=body]')).toHaveValue(BODY);
	await expectAccessible(page);
	await page.getByRole('button', { name: `Hapus ${NO_PHOTO}` }).click();
	await page.setInputFiles('[name=file]', await photoFile('kursi.jpg'));
	await showLastStep(page);
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	const { reference, receipt } = await readReceipt(page);
	await expectAccessible(page);
	expect(reference).toMatch(/^SPATULA-7604-\d\d-\d{6}$/);
	expect(await printedPages(page)).toBe(1);
	expect(await pictureWords(page)).toEqual([
		'BPS Kabupaten Mamuju',
		'Kode rahasia',
		expect.stringContaining(receipt),
		reference,
		`Untuk melihat jawaban, buka ${new URL(page.url()).host}/lacak lalu ketik kode rahasia.`
	]);
	await page.reload();
	await expect(page.locator('#reference')).toHaveText(reference);
	await page.getByRole('button', { name: /sudah saya catat/i }).click();
	await expect(page.getByText('Anda mendapat balasan pertama paling lambat')).toBeVisible();
	await expectAccessible(page);
	// The code is not shown again: neither to the next person on this phone, nor to a request without the cookie.
	await page.goto('/terima');
	await expect(page.locator('#receipt')).toHaveCount(0);
	expect(await (await fetch(`${running().origin}/terima?dicatat`)).text()).toContain(
		'Tidak ada kode untuk ditampilkan'
	);
	return { reference, receipt };
}

/** Opens a verb of the case page, fills it in and presses its button. */
async function doVerb(page: Page, reference: string, name: string, fill: (panel: Locator) => Promise<unknown>) {
	await openAtDesk(page, reference, name);
	await expectAccessible(page);
	await fill(panel(page));
	await sendVerb(page);
	await expect(page).toHaveURL(new RegExp(`(/desk/cases/|of=)${reference}([?&]|$)`));
}

/** Changes the report of a case at the LAPOR sandbox. @returns its number there */
async function setLaporStatus(reference: string, status_name: string, note: string): Promise<string> {
	const lapor = sandboxControl(() => running().sandboxUrl);
	const [report, ...more] = await lapor.reports(reference);
	expect(more).toEqual([]);
	await lapor.post(`/_reports/${report?.id}/status`, { status_name, note });
	return String(report?.id);
}

test('an anonymous complaint goes to SP4N-LAPOR and back, and is disputed', { tag: CORE }, async ({ browser }) => {
	const citizen = await browser.newPage();
	const { reference, receipt } = await sendComplaint(citizen);

	const desk = await signedIn(browser, 'penangan.mamuju');
	await checkPagesInFullRun(desk, '/desk');
	await desk.goto(`/desk?q=${reference}`);
	await expect(desk.locator(`[data-row="${reference}"]`)).toBeVisible();
	await doVerb(desk, reference, 'verification', (form) => form.locator('[name=category]').selectOption('facilities'));
	await expectAccessible(desk);
	await doVerb(desk, reference, 'question', (form) =>
		form.locator('[name=body]').fill('Kursi nomor berapa yang patah, dan kira-kira pukul berapa Anda datang?')
	);

	await citizen.goto('/mamuju');
	await citizen.getByRole('link', { name: /Lacak laporan/ }).click();
	// A wrong code keeps the office, what was typed and the field.
	await citizen.locator('[name=receipt]').fill('ABCD-EFGH-JKMN-PQRS-T');
	await citizen.getByRole('button', { name: 'Buka laporan' }).click();
	await expect(citizen.locator('[name=receipt][aria-invalid=true]')).toHaveValue('ABCD-EFGH-JKMN-PQRS-T');
	await expect(citizen.getByRole('banner')).toContainText('BPS Kabupaten Mamuju');

	await track(citizen, receipt);
	await expectAccessible(citizen);
	await expect(citizen.getByText('Kursi nomor berapa yang patah').first()).toBeVisible();
	// What the step waits for stands below its name, not on the next step.
	const step = citizen.locator('li[aria-current=step]');
	const [name, note] = await Promise.all(['.name', '.note'].map((part) => step.locator(part).boundingBox()));
	expect(note?.y).toBeGreaterThanOrEqual((name?.y ?? Infinity) + (name?.height ?? 0));
	const source = (await citizen.locator('img[src^="/berkas/"]').first().getAttribute('src')) ?? '';
	const served = await citizen.request.get(source);
	expect(served.status()).toBe(200);
	await expectNoMetadata(await served.body());
	// Without the receipt's cookie the photo gives NotFound.
	expect((await fetch(`${running().origin}${source}`)).status).toBe(404);
	await citizen.goto('/lacak/laporan/pesan');
	await expectAccessible(citizen);
	await writeToOffice(citizen, 'Kursi ketiga dari pintu, sekitar pukul sembilan pagi.');
	await expect(citizen.getByText('Jawaban Anda sudah kami terima. Penanganan dilanjutkan.')).toBeVisible();
	// The question was the first reply, so the promised day is now a later one.
	await expect(citizen.getByText('Balasan pertama sudah kami kirim.')).toBeVisible();

	await openAtDesk(desk, reference);
	await expect(desk.getByText('Kursi ketiga dari pintu').first()).toBeVisible();
	await openAtDesk(desk, reference, 'escalation');
	await expectAccessible(desk);
	await desk.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
	await desk.locator('main form button.primary').last().click();
	await expect(desk).not.toHaveURL(/\/escalation$/);
	await checkPagesInFullRun(desk, '/desk/escalations');

	await openUntil(desk, `/desk/cases/${reference}`, desk.getByText('Terkirim').first());
	await expectAccessible(desk);
	const laporId = await setLaporStatus(reference, 'Selesai', 'Kursi sudah diganti dan loket ditambah.');

	await expect(async () => {
		await track(citizen, receipt);
		await expect(citizen.getByText(new RegExp(`${laporId}.*Selesai`)).first()).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	await expectAccessible(citizen);

	await openUntil(citizen, '/lacak/laporan/sanggahan', citizen.locator('[name=body]'));
	await expectAccessible(citizen);
	// A text that was not sent is kept in the tab, and the report's page leads to it.
	await citizen.locator('[name=body]').fill('Antrean masih lama.');
	await citizen.goto('/lacak/laporan');
	await expectAccessible(citizen);
	await citizen.getByRole('link', { name: 'Lanjutkan yang belum terkirim: Saya belum puas' }).click();
	await expect(citizen.locator('[name=body]')).toHaveValue('Antrean masih lama.');
	await writeToOffice(citizen, 'Kursi memang diganti, tetapi antrean masih sama lamanya.');
	await openAtDesk(desk, reference);
	await expect(desk.getByText('antrean masih sama lamanya').first()).toBeVisible();
});

test('a score of 2 asks once why, keeps the choice, and then reopens the report', async ({ page }) => {
	const { reference, receipt } = await openCase({ kind: 'suggestion' });
	await act(reference, 'verification', { category: 'facilities', class: 'plain' });
	await act(reference, 'answer', { body: 'Terima kasih. Kursi ditambah pada bulan depan.' });
	await track(page, receipt);
	// The answer's card asks whether the matter is settled.
	const answer = page.getByRole('region', { name: 'Jawaban kami' });
	await expect(answer).toContainText('Kursi ditambah pada bulan depan.');
	await expect(page.locator('[aria-current=step]')).toContainText('Dijawab');
	await expectFits(page, 360);
	// The button says that a rating follows, which closes the report.
	await expect(answer).toContainText('laporan ditutup setelah nilai Anda terkirim');
	await answer.getByRole('link', { name: 'Ya, beri nilai' }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nilai penanganan laporan');
	await expect(page.getByText('ditangani lagi', { exact: true })).toHaveCount(2);
	await expect(page.getByText('laporan ditutup', { exact: true })).toHaveCount(3);
	await page.locator('[name=score][value="2"]').check({ force: true });
	await page.getByRole('button', { name: 'Kirim nilai' }).click();
	await expect(page.locator('#comment-error')).toContainText('tulis apa yang belum selesai');
	await expect(page.locator('[name=score][value="2"]')).toBeChecked();
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Kirim nilai' }).click();
	await expect(page.getByText('Sedang ditindaklanjuti').first()).toBeVisible();
	await page.getByRole('button', { name: 'Tutup halaman ini (laporan tetap diproses)' }).click();
	await expect(page).toHaveURL('/lacak?ditutup&kantor=mamuju');
});

test('what was typed for a report stays when another office is chosen, also after a refusal', async ({ browser }) => {
	const desk = await signedIn(browser, 'penyelia.sulbar');
	await desk.goto('/desk/new');
	const body = desk.locator('[name=body]');
	const choose = async (nth: number) => {
		const office = desk.getByRole('navigation', { name: 'Satuan kerja' }).getByRole('link').nth(nth);
		await office.click();
		await expect(office).toHaveAttribute('aria-current', /page|true/);
	};
	await body.fill('Kursi di ruang tunggu rusak.');
	await choose(1);
	await expect(body).toHaveValue('Kursi di ruang tunggu rusak.');
	await desk.locator('[name=identity][value=named]').check({ force: true });
	await desk.locator('[name="reporter.phone"]').fill('0812 abc');
	await desk.locator('main form button.primary').last().click();
	await expect(desk.getByRole('alert')).toBeVisible();
	await choose(2);
	await expect(body).toHaveValue('Kursi di ruang tunggu rusak.');
});

test('a paper report is recorded, and its receipt is shown once for printing', async ({ browser }) => {
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, '/desk/new');
	// Reports from LAPOR have their own form, which takes LAPOR's number.
	await expect(desk.getByText('telepon, WhatsApp, SMS, atau e-mail.')).toBeVisible();
	await desk.locator('[name=channel]').selectOption('walk_in');
	await desk.locator('[name=kind]').selectOption('complaint');
	await desk.locator('[name=body]').fill('Ibu menyampaikan lisan: kursi roda di pintu depan tidak dapat dipakai.');
	await desk.setInputFiles('[name=file]', await photoFile('kertas.jpg'));
	// The reporter gives a name and then chooses to stay anonymous. Neither is stored, although a refused form returned both.
	await desk.locator('[name=identity][value=named]').check({ force: true });
	await desk.locator('[name="reporter.name"]').fill('Contoh Pelapor');
	await desk.locator('[name="reporter.phone"]').fill('0812 abc');
	await desk.locator('main form button.primary').last().click();
	await expect(desk.locator('#reporter .error').first()).toBeVisible();
	await desk.setInputFiles('[name=file]', await photoFile('kertas.jpg'));
	await desk.locator('[name=consent_lapor]').check({ force: true });
	await desk.locator('[name=identity][value=none]').check({ force: true });
	await desk.locator('[name=reporter_present]').check({ force: true });
	await desk.locator('main form button.primary').last().click();
	await expect(desk).toHaveURL(/\/desk\/new\/print/);
	await expect(desk.getByRole('article')).toContainText('Kode rahasia laporan Anda');
	await expectAccessible(desk);
	const reference = await desk.locator('#reference').innerText();
	const receipt = await desk.locator('#receipt').innerText();
	expect(receipt.replace(/\s/g, '')).toMatch(/^[0-9A-Z]{4}(-?[0-9A-Z]{4}){3}-?[0-9A-Z]$/);
	await desk.goto('/desk');
	await expect(desk.getByText(receipt.slice(0, 9))).toHaveCount(0);
	await openAtDesk(desk, reference);
	await expect(desk.getByText('kursi roda di pintu depan').first()).toBeVisible();
	await expect(desk.locator('main')).not.toContainText(/Contoh Pelapor|Izin identitas/);
});

test('opening a one-time link does not use it up; its button shows the receipt', async ({ browser }) => {
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	const { reference } = await openCase({ channel: 'phone', identity: 'named', reporter });
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	await desk.getByText('Lainnya', { exact: true }).click();
	await desk.getByRole('link', { name: 'Buat tautan kode' }).click();
	await desk.getByRole('button', { name: 'Buat tautan' }).click();
	const link = await desk.locator('#link').innerText();
	await expectAccessible(desk);
	const words = await desk.getByRole('link', { name: 'Kirim lewat WhatsApp' }).getAttribute('href');
	expect(decodeURIComponent(words ?? '')).toMatch(/^https:\/\/wa\.me\/6281234567890\?text=Salam/);
	expect(words).not.toContain(reference);

	// A scanner opens the link before the reporter does.
	expect((await fetch(link)).status).toBe(200);
	const phone = await phoneWithoutScripts(browser);
	await phone.goto(link);
	await phone.getByRole('button', { name: 'Tampilkan kode rahasia' }).click();
	const { receipt } = await readReceipt(phone);
	await track(phone, receipt);
	await expect(phone.getByText('Kantor membuat tautan sekali pakai').first()).toBeVisible();
	// A reporter whose connection broke reads the same code again for some minutes.
	await phone.goto(link);
	await phone.getByRole('button', { name: 'Tampilkan kode rahasia' }).click();
	expect((await readReceipt(phone)).receipt).toBe(receipt);
	expect((await phone.goto(`${link}x`))?.status()).toBe(404);
	await expect(phone.getByText('Tautan ini sudah dipakai')).toBeVisible();
});
