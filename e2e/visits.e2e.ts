import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from './support/test.ts';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { running, sessionOf } from './support/journey.ts';
import { expectAccessible, phoneWithoutScripts, signedIn, signedInAt, visit } from './support/pages.ts';
import { api } from './support/site.ts';
import { openVisitsOffice, type VisitsOffice } from './support/visits-office.ts';

/** What the code on the screen says, read from the picture of it as a phone reads it. */
async function scanned(page: Page): Promise<string> {
	const picture = await page.locator('#qr').screenshot();
	const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
	return jsQR(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

/** How many sheets of its own paper a page takes. */
async function sheetsOf(page: Page): Promise<number> {
	const pdf = await page.pdf({ preferCSSPageSize: true });
	return pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
}

async function noteVisitor(desk: Page, purpose: string, button: string): Promise<void> {
	await desk.goto(`${running().origin}/desk/visits?unit=mamuju`);
	await desk.getByLabel('Petugas yang melayani').selectOption({ label: 'Petugas Contoh 3' });
	await desk.getByLabel('Keperluan').fill(purpose);
	await desk.getByRole('button', { name: button }).click();
}

async function rateByLink(browser: Browser, address: string, words: string): Promise<Page> {
	const phone = await (await browser.newContext({ viewport: { width: 360, height: 780 } })).newPage();
	await phone.goto(address);
	await expectAccessible(phone);
	await expect(phone.getByText('Anda dilayani oleh')).toBeVisible();
	await phone.locator('[name=score][value="5"]').check({ force: true });
	await phone.getByText('Tambah keterangan').click();
	await phone.locator('[name=comment]').fill(words);
	await phone.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(phone).toHaveURL(/terima-kasih/);
	return phone;
}

test('from the guest book by the code on the screen to a rating from the visitor’s own phone', async ({ browser }) => {
	const words = `lewat-kode-${randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, '/desk/visits?unit=mamuju');
	await noteVisitor(desk, `Data padi ${words}`, 'Catat dan mulai');
	await expect(desk.getByRole('status')).toContainText('Tercatat');
	const line = desk.locator('tr', { hasText: words });
	await expect(line).toContainText('Sedang dilayani');
	await line.getByRole('button', { name: 'Tandai selesai' }).click();
	await expect(desk).toHaveURL(/\/desk\/visits\/[0-9a-f-]{36}\?done=closed/);
	const page = new URL(desk.url()).pathname;
	await visit(desk, page);
	const address = await scanned(desk);
	expect(address).toBe(await desk.locator('#link').innerText());
	await expect(desk.getByRole('button', { name: 'Salin tautan' })).toBeVisible();
	const before = await desk.locator('main').innerText();

	const phone = await rateByLink(browser, address, words);
	await expect(phone.getByText('Terima kasih').first()).toBeVisible();
	// Once the link is used, the visitor learns so, and the desk sees no difference.
	expect((await phone.goto(address))?.status()).toBe(410);
	await expect(phone.getByText('sudah dipakai').first()).toBeVisible();
	await expectAccessible(phone);
	await desk.reload();
	// The button to copy comes with the scripts.
	await expect.poll(() => desk.locator('main').innerText()).toBe(before);
	await desk.goto(address);
	await expect(desk.getByText('Apakah pengunjung sudah menilai tidak ditampilkan di sini')).toBeVisible();
	await expectAccessible(desk);
});

test('without scripts: waiting, begun, finished, a slip, and a correction that keeps the entry', async ({
	browser
}) => {
	const { origin } = running();
	const words = `tanpa-skrip-${randomUUID().slice(0, 8)}`;
	const context = await phoneWithoutScripts(browser);
	const [name = '', value = ''] = (await sessionOf('pengelola.mamuju')).split('=');
	await context.addCookies([{ name, value, url: origin }]);
	const desk = await context.newPage();
	await noteVisitor(desk, words, 'Catat, masih menunggu');
	await desk.getByRole('link', { name: words }).click();
	await expect(desk.getByText('Menunggu', { exact: true })).toBeVisible();
	await desk.getByRole('button', { name: 'Mulai layani' }).click();
	await expect(desk.getByRole('status')).toContainText('sedang dilayani');
	// What an address says of another state is not said.
	await desk.goto(desk.url().replace('done=begun', 'done=closed'));
	await expect(desk.getByText('Persilakan tamu memindai')).toHaveCount(0);
	await desk.getByRole('button', { name: 'Tandai selesai' }).click();
	await expect(desk.locator('#qr')).toBeVisible();
	await desk.getByRole('link', { name: 'Cetak karcis' }).click();
	await expect(desk.getByText('Nilai pelayanan kami')).toBeVisible();
	await expect(desk.locator('article')).not.toContainText('Petugas Contoh');
	expect(await sheetsOf(desk)).toBe(1);
	await desk.getByRole('link', { name: 'A6' }).click();
	await expect(desk.locator('article.a6')).toBeVisible();
	expect(await sheetsOf(desk)).toBe(1);
	await desk.getByRole('link', { name: 'Kembali ke kunjungan' }).click();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Kanal').selectOption('phone');
	// After the service, a handler is not offered to change the officer.
	await expect(desk.locator('select[name=officer]')).toHaveCount(0);
	await expect(desk.getByText('hanya dapat diganti oleh penyelia')).toBeVisible();
	await desk.getByLabel('Alasan perbaikan').fill('Salah pilih kanal');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByRole('status')).toContainText('Perbaikan tersimpan');
	await expect(desk.getByText('Telepon', { exact: true }).first()).toBeVisible();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Alasan perbaikan').fill('Sekali lagi');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByRole('alert')).toContainText('Tidak ada yang berubah');
	await expect(desk.getByRole('status').filter({ hasText: 'tersimpan' })).toHaveCount(0);
	const admin = await signedIn(browser, 'admin.mamuju');
	await admin.goto(`${origin}/admin/log?area=visit`);
	await expect(admin.getByText('Salah pilih kanal')).toBeVisible();
	await context.close();
});

test('of a consultation by WhatsApp the link is sent, and a number in its purpose is asked about, not refused', async ({
	browser
}) => {
	const { origin } = running();
	const words = `kejauhan-${randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${origin}/desk/visits?unit=mamuju`);
	await desk.getByLabel('Petugas yang melayani').selectOption({ label: 'Petugas Contoh 3' });
	await desk.getByLabel('Kanal').selectOption('whatsapp');
	await desk.getByLabel('Keperluan').fill(`${words} 0812 3456 7890`);
	await expect(desk.getByText('tampaknya memuat nomor telepon')).toBeVisible();
	await expectAccessible(desk);
	await desk.getByRole('button', { name: 'Catat, sudah selesai' }).click();
	await expect(desk.getByText('Kirim tautan di bawah ini kepada tamu')).toBeVisible();
	await expect(desk.getByText('tampaknya memuat nomor telepon').first()).toBeVisible();
	// The way to send it comes before the code to scan, by eye and by keyboard.
	await desk.setViewportSize({ width: 360, height: 800 });
	const [send, code] = [desk.getByRole('link', { name: 'Kirim lewat WhatsApp' }), desk.locator('#qr')];
	expect((await send.boundingBox())?.y).toBeLessThan((await code.boundingBox())?.y ?? 0);
	await visit(desk, new URL(desk.url()).pathname);
	expect(await scanned(desk)).toBe(await desk.locator('#link').innerText());
	await desk.goto(`${origin}/desk/visits?unit=mamuju`);
	const line = desk.locator('tr', { hasText: words });
	await expect(line).toContainText('Mungkin memuat data pribadi');
	await line.getByRole('link', { name: 'Kirim tautan' }).click();
	await desk.getByText('Perbaiki catatan…').click();
	await desk.getByLabel('Keperluan').fill(words);
	await desk.getByLabel('Alasan perbaikan').fill('Nomor tamu tertulis');
	await desk.getByRole('button', { name: 'Simpan perbaikan' }).click();
	await expect(desk.getByText('tampaknya memuat nomor telepon')).toHaveCount(0);
});

test('a visitor of the guest book needs an officer before the service begins', async ({ browser }) => {
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${running().origin}/desk/visits?unit=mamuju`);
	await desk.getByLabel('Petugas yang melayani').selectOption('');
	await desk.getByLabel('Keperluan').fill('Peta wilayah');
	await desk.getByRole('button', { name: 'Catat dan mulai' }).click();
	await expect(desk.getByRole('alert')).toContainText('Pilih petugas yang melayani');
	await expect(desk.getByLabel('Keperluan')).toHaveValue('Peta wilayah');
	await expectAccessible(desk);
});

test.describe('an office whose visits ended earlier', () => {
	let office: VisitsOffice;
	test.beforeAll(async () => {
		office = await openVisitsOffice();
	});
	test.afterAll(() => office.stop());

	test('one link sent by fifty browsers at once gives one verified rating; expired, used, foreign and unknown ones say why', async ({
		page
	}) => {
		const { origin, unit, other, tokens, officer } = office;
		const link = `${origin}/nilai/${tokens.open}`;
		const send = async (form: { score: string; submission_id: string }) => {
			const answer = await fetch(link, {
				method: 'POST',
				redirect: 'manual',
				headers: { origin, accept: 'text/html' },
				body: new URLSearchParams(form)
			});
			return { form, status: answer.status, to: answer.headers.get('location'), text: await answer.text() };
		};
		const sent = await Promise.all(
			Array.from({ length: 50 }, (_, index) => send({ score: String((index % 5) + 1), submission_id: randomUUID() }))
		);
		const [taken, ...more] = sent.filter(({ status }) => status === 303);
		expect(more).toEqual([]);
		// The one that was taken in, sent again: its visitor is thanked again, and nobody else.
		if (taken) expect(await send(taken.form)).toEqual(taken);
		expect((await send({ score: '5', submission_id: randomUUID() })).status).toBe(410);
		const refused = sent.filter(({ status }) => status !== 303);
		for (const { status, text } of refused) {
			expect([410, 422]).toContain(status);
			expect(text).toContain('sudah dipakai');
			expect(text).toContain(`/${unit.slug}/nilai`);
		}
		const byApi = await Promise.all(
			Array.from({ length: 50 }, () =>
				api(origin, '/ratings', {
					body: { unit: unit.code, score: 4, visit_token: tokens.forApi, submission_id: randomUUID() }
				})
			)
		);
		expect(byApi.filter(({ status }) => status === 201).map(({ body }) => body.verified)).toEqual([true]);
		expect(byApi.filter(({ status }) => status === 422)).toHaveLength(49);
		const { body } = await api(origin, `/leaderboard?unit=${unit.code}`);
		expect(body.insufficient).toEqual([{ officer: { id: officer.id, name: officer.name }, n: 2 }]);

		for (const [token, words] of [
			[tokens.open, 'sudah dipakai'],
			[tokens.expired, 'lewat masa berlakunya']
		] as const) {
			const answer = await page.goto(`${origin}/nilai/${token}`);
			expect(answer?.status()).toBe(410);
			await expect(page.getByText(words).first()).toBeVisible();
			await expectAccessible(page);
			await page.getByRole('link', { name: 'Nilai tanpa tautan' }).click();
			await expect(page).toHaveURL(`${origin}/${unit.slug}/nilai`);
		}
		expect((await page.goto(`${origin}/nilai/AAAAAAAAAAAAAAAAAAAAAA`))?.status()).toBe(404);
		await expect(page.getByText('tidak dikenal').first()).toBeVisible();
		await page.locator('main').getByRole('link').first().click();
		await expect(page.getByRole('link', { name: /Kantor Contoh/ }).first()).toBeVisible();
		// By another office's open form.
		const foreign = await fetch(`${origin}/${other.slug}/nilai`, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin, accept: 'text/html' },
			body: new URLSearchParams({ score: '5', visit_token: tokens.open, submission_id: randomUUID() })
		});
		expect(foreign.status).toBe(422);
		expect(await foreign.text()).toContain('Tautan penilaian ini dari kantor lain');
	});

	test('a rating by a link that was opened faster than people are waits for review', async ({ browser }) => {
		const { origin, unit, manager, tokens } = office;
		const words = `terlalu-cepat-${randomUUID().slice(0, 8)}`;
		await rateByLink(browser, `${origin}/nilai/${tokens.early}`, words);
		const page = await signedInAt(browser, origin, manager);
		await page.goto(`${origin}/insight/review?kind=marked&unit=${unit.slug}`);
		await expect(page.locator('li', { hasText: words }).last()).toContainText('kurang dari 20 detik');
	});
});

test('a visitor who rates later, from a phone the office never saw, counts as a recorded visit', async ({
	browser
}) => {
	const { origin } = running();
	const words = `kunjungan-lama-${randomUUID().slice(0, 8)}`;
	const desk = await signedIn(browser, 'pengelola.mamuju');
	const phone = await (await browser.newContext()).newPage();
	await desk.goto(`${origin}/desk/visits?unit=mamuju`);
	// Which of the earlier visits has rated already the desk can't see: the phone tries until one opens.
	let rated = false;
	let day = 'Hari ini';
	for (let days = 0; days < 8 && !rated; days++) {
		await desk.getByRole('link', { name: /^Sebelumnya: / }).click();
		await expect(desk.locator('h2#of-day')).not.toHaveText(day);
		day = await desk.locator('h2#of-day').innerText();
		const book = desk.url();
		for (const href of await desk.locator('a[data-row]').evaluateAll((all) => all.map((a) => a.getAttribute('href')))) {
			await desk.goto(`${origin}${href}`);
			if ((await desk.locator('#link').count()) === 0) continue;
			const address = await desk.locator('#link').innerText();
			if ((await phone.goto(address))?.status() !== 200) continue;
			await phone.close();
			await (await rateByLink(browser, address, words)).close();
			rated = true;
			break;
		}
		await desk.goto(book);
	}
	expect(rated).toBe(true);
	const manager = await signedIn(browser, 'pemantau.mamuju');
	await manager.goto(`${origin}/insight/ratings?unit=mamuju&verified=yes`);
	await expect(manager.getByText(words)).toBeVisible();
});
