import { expect, test, type Locator, type Page } from './support/test.ts';
import { running } from './support/journey.ts';
import { expectAccessible, phoneWithoutScripts, signedIn, visit } from './support/pages.ts';
import { expectNoMetadata, photoWithPosition } from './support/photo.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam pada pagi hari.';

async function sendComplaint(page: Page): Promise<{ reference: string; receipt: string }> {
	const { origin } = running();
	await page.goto(`${origin}/q/MMJKTK`);
	await page.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	await expectAccessible(page);
	await page.locator('[name=body]').fill(BODY);
	await page.locator('[name=category]').selectOption('facilities');
	await page.locator('[name=identity][value=none]').check({ force: true });
	await page.setInputFiles('[name=file]', {
		name: 'catatan.jpg',
		mimeType: 'image/jpeg',
		buffer: Buffer.from('ini bukan foto')
	});
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	// What is no photo is refused with the reason, and the text stays.
	await expect(page.getByText('catatan.jpg').first()).toBeVisible();
	await expect(page.locator('[name=body]')).toHaveValue(BODY);
	await expectAccessible(page);
	await page.setInputFiles('[name=file]', {
		name: 'kursi.jpg',
		mimeType: 'image/jpeg',
		buffer: await photoWithPosition()
	});
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page).toHaveURL(`${origin}/terima`);
	await expectAccessible(page);
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await page.locator('#reference').innerText()).trim();
	expect(reference).toMatch(/^SPATULA-7604-\d\d-\d{6}$/);
	await page.reload();
	await expect(page.locator('#reference')).toHaveText(reference);
	await page.getByRole('button', { name: /sudah saya catat/i }).click();
	// A shared phone: the next person finds no receipt here.
	await page.goto(`${origin}/terima`);
	await expect(page.locator('#receipt')).toHaveCount(0);
	return { reference, receipt };
}

async function track(page: Page, receipt: string): Promise<void> {
	await page.goto(`${running().origin}/lacak`);
	await page.locator('[name=receipt]').fill(receipt.toLowerCase());
	await page.locator('form[method=POST] button').first().click();
	await expect(page).toHaveURL(/\/lacak\/laporan$/);
	expect(page.url()).not.toContain(receipt.slice(0, 4));
}

/** Opens a verb of the case page, fills it in and presses its button. */
async function verb(
	page: Page,
	reference: string,
	name: string,
	fill: (panel: Locator) => Promise<void>
): Promise<void> {
	await page.goto(`${running().origin}/desk/cases/${reference}/${name}`);
	await expectAccessible(page);
	const panel = page.locator('section[aria-labelledby=verb-title]');
	await fill(panel);
	await panel.locator('button.primary').first().click();
	await expect(page).toHaveURL(new RegExp(`/desk/cases/${reference}(\\?|$)`));
}

async function moveAtLapor(reference: string, status: string, note: string): Promise<string> {
	const { sandboxUrl } = running();
	const list = (await (await fetch(`${sandboxUrl}/_reports?text=${encodeURIComponent(reference)}`)).json()) as
		{ id: string | number }[] | { reports: { id: string | number }[] };
	const reports = Array.isArray(list) ? list : list.reports;
	expect(reports).toHaveLength(1);
	const id = String(reports[0]?.id);
	const moved = await fetch(`${sandboxUrl}/_reports/${id}/status`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ status_name: status, note })
	});
	expect(moved.ok).toBe(true);
	return id;
}

test('a nameless complaint with a photo, from the box to SP4N-LAPOR and back to its reporter, who disputes', async ({
	browser
}) => {
	test.setTimeout(240_000);
	const phone = await browser.newContext();
	const citizen = await phone.newPage();
	const { reference, receipt } = await sendComplaint(citizen);

	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, '/desk');
	await desk.goto(`${running().origin}/desk?q=${reference}`);
	await expect(desk.getByText(reference).first()).toBeVisible();
	await verb(desk, reference, 'verification', async (page) => {
		await page.locator('[name=category]').selectOption('facilities');
	});
	await expectAccessible(desk);
	await verb(desk, reference, 'question', async (page) => {
		await page.locator('[name=body]').fill('Kursi nomor berapa yang patah, dan kira-kira pukul berapa Anda datang?');
	});

	await track(citizen, receipt);
	await expectAccessible(citizen);
	await expect(citizen.getByText('Kursi nomor berapa yang patah').first()).toBeVisible();
	const source = await citizen.locator('img[src^="/berkas/"]').first().getAttribute('src');
	const served = await citizen.request.get(`${running().origin}${source}`);
	expect(served.status()).toBe(200);
	await expectNoMetadata(await served.body());
	// Without the receipt's cookie the photo is not there.
	expect((await fetch(`${running().origin}${source}`)).status).toBe(404);
	await citizen.goto(`${running().origin}/lacak/laporan/pesan`);
	await expectAccessible(citizen);
	await citizen.locator('[name=body]').fill('Kursi ketiga dari pintu, sekitar pukul sembilan pagi.');
	await citizen.locator('main form[method=POST] button').last().click();
	await expect(citizen).toHaveURL(/\/lacak\/laporan/);

	await desk.goto(`${running().origin}/desk/cases/${reference}`);
	await expect(desk.getByText('Kursi ketiga dari pintu').first()).toBeVisible();
	await desk.goto(`${running().origin}/desk/cases/${reference}/escalation`);
	await expectAccessible(desk);
	await desk.locator('[name=reason]').fill('Perlu tercatat di sistem nasional.');
	await desk.locator('main form button.primary').last().click();
	await expect(desk).not.toHaveURL(/\/escalation$/);
	await visit(desk, '/desk/escalations');

	await expect(async () => {
		await desk.goto(`${running().origin}/desk/cases/${reference}`);
		await expect(desk.getByText('Terkirim').first()).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 40_000 });
	await expectAccessible(desk);
	const laporId = await moveAtLapor(reference, 'Selesai', 'Kursi sudah diganti dan loket ditambah.');

	await expect(async () => {
		await track(citizen, receipt);
		await expect(citizen.getByText('Selesai').first()).toBeVisible({ timeout: 1000 });
		await expect(citizen.getByText(laporId).first()).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	await expectAccessible(citizen);

	await expect(async () => {
		await citizen.goto(`${running().origin}/lacak/laporan/sanggahan`);
		await expect(citizen.locator('[name=body]')).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	await expectAccessible(citizen);
	await citizen.locator('[name=body]').fill('Kursi memang diganti, tetapi antrean masih sama lamanya.');
	await citizen.locator('main form[method=POST] button').last().click();
	await expect(citizen).toHaveURL(/\/lacak\/laporan/);
	await desk.goto(`${running().origin}/desk/cases/${reference}`);
	await expect(desk.getByText('antrean masih sama lamanya').first()).toBeVisible();
	await phone.close();
});

test('a complaint goes in and is tracked with scripts off', async ({ browser }) => {
	const phone = await phoneWithoutScripts(browser);
	const page = await phone.newPage();
	await page.goto(`${running().origin}/q/MMJKTK`);
	await page.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	await page.locator('[name=body]').fill(BODY);
	await page.locator('[name=identity][value=none]').check({ force: true });
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page).toHaveURL(/\/terima$/);
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	await track(page, receipt);
	await expect(page.getByText(BODY).first()).toBeAttached();
	await phone.close();
});

test('an answer to a complaint goes out when a second person approves it', async ({ browser, page }) => {
	test.setTimeout(180_000);
	const { origin } = running();
	await page.goto(`${origin}/mamuju/pengaduan`);
	await page.locator('[name=body]').fill('Jam layanan di pintu berbeda dengan jam layanan di situs kantor.');
	await page.locator('[name=identity][value=none]').check({ force: true });
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page).toHaveURL(`${origin}/terima`);
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await page.locator('#reference').innerText()).trim();

	const desk = await signedIn(browser, 'pengelola.mamuju');
	await verb(desk, reference, 'verification', async (form) => {
		await form.locator('[name=category]').selectOption('time');
	});
	await verb(desk, reference, 'answer', async (form) => {
		await form
			.locator('[name=body]')
			.fill('Terima kasih. Jam layanan di situs sudah kami samakan dengan papan di pintu.');
		await form.locator('[name=action]').fill('Jam layanan di situs diubah.');
		await form.locator('[name=action_on]').fill((await form.locator('[name=action_on]').getAttribute('max')) ?? '');
	});
	await expect(desk.getByText('Menunggu persetujuan').first()).toBeVisible();
	// Its writer is not the second person.
	await desk.goto(`${origin}/desk/cases/${reference}/approval`);
	await expect(desk.locator('button[name=decision][value=approve]')).toHaveCount(0);

	const head = await signedIn(browser, 'wakil.mamuju');
	await visit(head, '/desk/approvals');
	await head.goto(`${origin}/desk/cases/${reference}/approval`);
	await expectAccessible(head);
	await head.getByRole('button', { name: 'Setujui dan kirim' }).first().click();
	await expect(head).toHaveURL(new RegExp(reference));
	await track(page, receipt);
	await expect(page.getByText('sudah kami samakan').first()).toBeVisible();
	await expectAccessible(page);
});

test('a report on paper is written down at the desk and its receipt shown once for printing', async ({ browser }) => {
	const { origin } = running();
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, '/desk/new');
	await desk.locator('[name=channel]').selectOption('walk_in');
	await desk.locator('[name=kind]').selectOption('complaint');
	await desk.locator('[name=body]').fill('Ibu menyampaikan lisan: kursi roda di pintu depan tidak dapat dipakai.');
	await desk.setInputFiles('[name=file]', {
		name: 'kertas.jpg',
		mimeType: 'image/jpeg',
		buffer: await photoWithPosition()
	});
	await desk.locator('[name=identity][value=none]').check({ force: true });
	await desk.locator('[name=reporter_present]').check({ force: true });
	await desk.locator('main form button.primary').last().click();
	await expect(desk).toHaveURL(/\/desk\/new\/cetak/);
	await expectAccessible(desk);
	const receipt = await desk.locator('#receipt').innerText();
	expect(receipt.replace(/\s/g, '')).toMatch(/^[0-9A-Z]{4}(-?[0-9A-Z]{4}){3}-?[0-9A-Z]$/);
	await desk.goto(`${origin}/desk`);
	await expect(desk.getByText(receipt.slice(0, 9))).toHaveCount(0);
});

test('the manager finds the ratings in the comparison of officers', async ({ browser }) => {
	const manager = await signedIn(browser, 'pemantau.mamuju');
	for (const path of [
		'/insight?unit=mamuju',
		'/insight/cases?unit=mamuju',
		'/insight/ratings?unit=mamuju',
		'/insight/method',
		'/me'
	]) {
		await visit(manager, path);
	}
	await manager.goto(`${running().origin}/insight?unit=mamuju`);
	await expect(manager.getByText('Petugas Contoh 1').first()).toBeVisible();
	await expect(manager.getByText(/\d–\d dari \d|\d dari \d/).first()).toBeVisible();
	await expect(manager.getByText('Data belum cukup').first()).toBeVisible();
});
