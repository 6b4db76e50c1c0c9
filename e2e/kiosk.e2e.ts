import { running } from './support/journey.ts';
import { countOf, makeKioskPlace, pairDevice, pathOf, PIN, score, TABLET, type KioskPlace } from './support/kiosk.ts';
import { expectAccessible, phoneWithoutScripts, signedIn } from './support/pages.ts';
import { scanned } from './support/photo.ts';
import { api } from './support/site.ts';
import { expect, test, type Page } from './support/test.ts';

let place: KioskPlace;
test.beforeAll(async ({ browser }) => void (place = await makeKioskPlace(browser, crypto.randomUUID().slice(0, 6))));

/** Expects that the whole page fits on the screen. */
async function expectNoScroll(page: Page): Promise<void> {
	expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
}

test('one touch rates the officer at the desk; a note, another score or a link for the visitor’s phone follows', async ({
	browser
}) => {
	const { officer } = place.desk;
	const before = await countOf(officer);
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await expect(page.getByRole('heading', { name: `Bagaimana pelayanan ${officer} hari ini?` })).toBeVisible();
	await expectAccessible(page);
	for (const target of await page.locator('main button').all()) {
		expect((await target.boundingBox())?.height, await target.innerText()).toBeGreaterThanOrEqual(64);
	}
	expect(await scanned(page.getByRole('img', { name: 'Lebih suka memakai ponsel Anda?' }))).toMatch(
		/\/q\/[0-9A-Z]{6}$/
	);
	await expectNoScroll(page);
	for (const [width, height, icon] of [
		[1280, 800, 160],
		[1024, 768, 140],
		[800, 1280, 160],
		[768, 1024, 100]
	] as const) {
		await page.setViewportSize({ width, height });
		await expectNoScroll(page);
		// Readable from three metres.
		for (const card of await page.locator('main li').all()) {
			expect((await card.locator('svg').boundingBox())?.width).toBeGreaterThanOrEqual(icon);
			const size = await card.locator('span').evaluate((words) => parseFloat(getComputedStyle(words).fontSize));
			expect(size).toBeGreaterThanOrEqual(28);
		}
	}
	// A question of three lines stays clear of the bar above it.
	await page.setViewportSize({ width: 1024, height: 768 });
	const bar = await page.locator('header').boundingBox();
	const question = await page.getByRole('heading', { level: 1 }).boundingBox();
	expect((question?.y ?? 0) - (bar?.y ?? 0) - (bar?.height ?? 0)).toBeGreaterThanOrEqual(16);
	await page.setViewportSize(TABLET.viewport);
	const topOfFaces = async () => (await page.locator('main li').first().boundingBox())?.y ?? 0;
	const faces = await topOfFaces();
	// The longest words of a thank-you page.
	await score(page, 'Sangat tidak puas').tap();
	await expect(page.getByRole('heading', { name: 'Penilaian Anda sudah tercatat' })).toBeVisible();
	await expectNoScroll(page);
	await page.getByRole('button', { name: 'Ubah nilai' }).tap();
	await expect(page.getByText(`Nilai tadi: Sangat tidak puas untuk ${officer}`)).toBeVisible();
	// The faces stay under the finger.
	expect(Math.abs((await topOfFaces()) - faces)).toBeLessThan(20);
	await expectNoScroll(page);
	await page.getByText('English').tap();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await expectAccessible(page);
	await score(page, 'Unhappy').tap();
	await expect(page.getByRole('heading', { name: 'Your rating is recorded' })).toBeVisible();
	// The visitor sees what was stored, and notices a slip of the finger.
	await expect(page.getByRole('group', { name: 'The score you gave' })).toHaveText(`Unhappy for ${officer}`);
	const reason = page.getByRole('button', { name: 'Long wait' });
	await reason.tap();
	await expect(reason).toHaveAttribute('aria-pressed', 'true');
	// A touch begins the time anew, so a visitor who chooses reasons sees no countdown.
	await expect(page.getByRole('button', { name: 'Give me more time' })).toHaveCount(0);
	await expectNoScroll(page);
	await expectAccessible(page);
	// The code for the visitor's own phone is the same for every score.
	const phoneCode = page.getByRole('img', { name: 'A suggestion or a complaint? Write it on your phone' });
	const phoneAddress = await scanned(phoneCode);
	expect(phoneAddress).toMatch(/\/q\/[0-9A-Z]{6}\?petugas=[0-9a-f-]{36}$/);
	await page.getByRole('button', { name: 'Add a note' }).tap();
	await expectAccessible(page);
	await page.locator('textarea').fill('Lama menunggu.');
	await page.getByRole('button', { name: 'Add', exact: true }).tap();
	await page.getByRole('button', { name: 'Change the rating' }).tap();
	await expect(page.getByRole('heading', { name: 'Touch the new rating' })).toBeVisible();
	await page.getByRole('button', { name: 'Keep this rating' }).tap();
	await page.getByRole('button', { name: 'Change the rating' }).tap();
	await expectNoScroll(page);
	await score(page, 'Happy').tap();
	await expect(reason).toHaveCount(0);
	expect(await scanned(phoneCode)).toBe(phoneAddress);
	await page.getByRole('button', { name: 'Done' }).tap();
	// The next visitor finds the start page in the device's language, and nothing of the last visitor, even with Back.
	await expect(score(page, 'Puas')).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'id');
	await page.goBack().catch(() => null);
	await expect(page.locator('body')).not.toContainText('Lama menunggu');
	await page.goto('/kiosk');
	await expect(page.locator('body')).not.toContainText('Lama menunggu');
	await expect.poll(() => countOf(officer)).toBe(before + 1);
	const phone = await browser.newPage();
	await phone.goto(pathOf(phoneAddress));
	await phone.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	await expect(phone.locator('[name=officer] option:checked')).toHaveText(officer);
	await phone.getByRole('link', { name: 'English' }).click();
	await expect(phone.locator('[name=officer] option:checked')).toHaveText(officer);
});

test('devices have distinct names, and their list shows the changes of each', async ({ browser }) => {
	const { admin } = place;
	const page = await pairDevice(browser, place, 'tablet');
	const name = /Tablet \d+/.exec(await page.locator('header').first().innerText())?.[0] ?? '';
	await admin.goto(place.page);
	const ids = await admin.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
	expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
	const devices = admin.locator('#devices');
	const row = devices.getByRole('row', { name: new RegExp(`^${name}\\b`) });
	await row.getByText('PIN baru', { exact: true }).click();
	await row.locator('[name=pin]').fill('12ab');
	await row.getByRole('button', { name: 'Simpan PIN' }).click();
	await row.getByRole('link', { name: 'PIN terdiri atas 4 sampai 8 angka.' }).click();
	await expect(row.locator('[name=pin]')).toBeFocused();
	await row.locator('[name=pin]').fill('97531');
	await row.getByRole('button', { name: 'Simpan PIN' }).click();
	await expect(devices.getByRole('status')).toContainText(`PIN ${name} sudah diganti`);
	await expectAccessible(admin);
	await row.getByText('Putuskan', { exact: true }).first().click();
	await expect(row.getByText(`Putuskan ${name}?`)).toBeVisible();
	await row.getByRole('button', { name: 'Putuskan' }).click();
	await expect(devices.getByRole('status')).toContainText(`Sudah diputuskan: ${name}.`);
	await page.reload();
	await expect(page).toHaveTitle(/Perangkat ini tidak lagi dipasangkan/);
});

test('a half-filled screen counts down before it resets, and gives more time on request', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await page.clock.install();
	await page.reload();
	const more = page.getByRole('button', { name: 'Beri saya waktu lagi' });
	await page.getByRole('button', { name: 'Petugas lain' }).tap();
	expect(await page.locator('main li').count()).toBeGreaterThanOrEqual(7);
	await expectNoScroll(page);
	await page.clock.runFor(15_000);
	await expect(more).toHaveCount(0);
	await page.clock.runFor(6_000);
	await expect(page.getByText(/^Kembali ke awal dalam 2\d detik/)).toBeVisible();
	await expectAccessible(page);
	await more.dblclick();
	await page.clock.runFor(20_000);
	await expect(page.getByRole('heading', { name: 'Siapa yang melayani Anda?' })).toBeVisible();
	await page.clock.runFor(60_000);
	await expect(score(page, 'Puas')).toBeVisible();
	await score(page, 'Puas').tap();
	const thanks = page.getByRole('heading', { name: 'Penilaian Anda sudah tercatat' });
	await expect(thanks).toBeVisible();
	await more.tap();
	await page.clock.runFor(20_000);
	await expect(thanks).toBeVisible();
	await page.clock.runFor(26_000);
	await expect(score(page, 'Puas')).toBeVisible();
	await expect(more).toHaveCount(0);
	await score(page, 'Puas').tap();
	await expect(thanks).toBeVisible();
	await page.clock.runFor(21_000);
	await expect(score(page, 'Puas')).toBeVisible();
	await score(page, 'Puas').tap();
	await expect(thanks).toBeVisible();
	await page.keyboard.press('Tab');
	await page.clock.runFor(21_000);
	await expect(thanks).toBeVisible();
	await page.getByRole('button', { name: 'Selesai', exact: true }).tap();
	await score(page, 'Cukup').tap();
	await expect(thanks).toBeVisible();
	await page.clock.runFor(15_000);
	await expect(page.getByRole('button', { name: 'Menunggu lama' })).toBeVisible();
	await expect(more).toBeVisible();
	await page.clock.runFor(11_000);
	await expect(score(page, 'Puas')).toBeVisible();
});

test('a tablet without a desk proposes no officer: each visitor chooses from the whole office', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'tablet', { context: { ...TABLET, serviceWorkers: 'block' } });
	await page.clock.install();
	await page.reload();
	const question = page.getByRole('heading', { name: 'Siapa yang melayani Anda?' });
	await expect(question).toBeVisible();
	expect(await page.locator('main li').count()).toBeGreaterThanOrEqual(7);
	await expectNoScroll(page);
	await page.getByRole('button', { name: place.desk.officer }).tap();
	await expect(
		page.getByRole('heading', { name: `Bagaimana pelayanan ${place.desk.officer} hari ini?` })
	).toBeVisible();
	// The next visitor finds the question again, without the last visitor's choice.
	await page.clock.runFor(60_000);
	await expect(question).toBeVisible();
});

test('the display shows the code of the visit that just ended, and a phone rates with it', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'display', { atDesk: true });
	await expect(page.getByRole('heading', { name: 'Selamat datang' })).toBeVisible();
	await expectAccessible(page);
	const desk = await signedIn(browser, 'penangan.mamuju');
	await desk.goto(`/desk/visits?unit=mamuju&desk=${place.desk.id}`);
	await desk.getByRole('button', { name: 'Catat, sudah selesai' }).click();
	await expect(page.getByRole('heading', { name: 'Bagaimana pelayanan kami?' })).toBeVisible();
	await expectAccessible(page);
	const address = await scanned(page.getByRole('img', { name: 'Kode QR penilaian kunjungan' }));
	expect(address).toMatch(/\/nilai\/[\w-]{22}$/);
	const phone = await browser.newPage();
	await phone.goto(pathOf(address));
	await phone.locator('[name=score][value="5"]').check({ force: true });
	await phone.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(phone).toHaveURL(/terima-kasih/);
	// The display does not show whether the code was used.
	await page.clock.install();
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Bagaimana pelayanan kami?' })).toBeVisible();
	await page.context().setOffline(true);
	await expect(async () => {
		await page.clock.runFor(6_000);
		await expect(page.getByText('Sambungan terputus')).toBeVisible({ timeout: 200 });
	}).toPass();
});

test('without scripts the tablet is a plain form and the display renews itself', async ({ browser }) => {
	const plain = { ...TABLET, javaScriptEnabled: false };
	const tablet = await pairDevice(browser, place, 'tablet', { context: plain });
	await tablet.locator('[name=score][value="4"]').check({ force: true });
	const unknown = tablet.getByLabel('Tidak tahu atau tidak ada di daftar');
	if ((await unknown.count()) > 0) await unknown.check({ force: true });
	await tablet.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(tablet).toHaveURL(/terima/);
	const display = await pairDevice(browser, place, 'display', { context: plain });
	await expect(display.locator('meta[http-equiv=refresh]')).toHaveCount(1);

	// A visit's link is for the visitor's own phone. A tablet ignores it, and a display accepts no rating.
	const { body: visit } = await api(running().origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
	const link = String(visit.rating_url);
	const send = (device: Page) =>
		device.context().request.post('/kiosk', {
			headers: { origin: running().origin },
			form: { score: '5', visit_token: link.split('/').at(-1) ?? '', submission_id: crypto.randomUUID() },
			maxRedirects: 0
		});
	expect((await send(tablet)).status()).toBe(303);
	expect((await send(display)).status()).toBe(404);
	const visitor = await browser.newPage();
	await visitor.goto(link);
	await expect(visitor.getByRole('button', { name: 'Kirim penilaian' })).toBeVisible();
});

test('two taps pair a device once, a wrong PIN gives no access, and a used pairing link says what to do', async ({
	browser
}) => {
	const { admin } = place;
	await admin.goto(place.page);
	await admin.getByText('Pasangkan perangkat', { exact: true }).click();
	await admin.locator('[name=mode][value=tablet]').check();
	await admin.locator('#pin').fill(PIN);
	await admin.getByRole('button', { name: 'Buat tautan' }).click();
	const link = pathOf((await admin.locator('#kiosk-link').innerText()).trim());
	const page = await browser.newPage(TABLET);
	await page.goto(link);
	await expectAccessible(page);
	// The second tap comes before the response that pairs the device.
	await page.route(`**${link}`, async (route) => {
		await new Promise((done) => setTimeout(done, 300));
		await route.continue();
	});
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).dblclick();
	await expect(page).toHaveURL(/\/kiosk$/);
	await page.getByRole('link', { name: 'Khusus petugas' }).tap();
	await expect(page).toHaveURL(/keluar/);
	await page.evaluate(() => addEventListener('submit', (event) => event.preventDefault()));
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByRole('button', { name: 'Memeriksa …' })).toBeDisabled();
	await page.reload();
	await page.locator('[name=pin]').fill('1111');
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('PIN tidak cocok.')).toBeVisible();
	await expect(page.locator('[name=pin]:focus')).toHaveValue('');
	await expectAccessible(page);
	await page.locator('[name=pin]').fill(PIN);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	const toSite = page.getByRole('link', { name: 'Buka situs biasa' });
	await expect(toSite).toBeVisible();
	await expectAccessible(page);
	// The next visitor can't go back to the page behind the PIN.
	await page.getByRole('link', { name: 'Kembali ke layar penilaian' }).tap();
	await expect(page).toHaveURL(/\/kiosk$/);
	await page.goBack();
	await expect(page.locator('[name=pin]').or(page.getByText('Siapa yang melayani Anda?')).first()).toBeVisible();
	await expect(toSite).toHaveCount(0);
	const late = await phoneWithoutScripts(browser);
	await late.goto(link);
	await expect(late.getByText('Tautan ini tidak berlaku lagi')).toBeVisible();
	await late.goto('/kiosk');
	await expect(late.getByText('Perangkat ini belum dipasangkan')).toBeVisible();
});
