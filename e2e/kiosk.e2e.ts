import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Locator, type Page } from './support/test.ts';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { addDays, localDate } from '../src/lib/calendar/days.ts';
import type { KeptOutcome } from '../src/lib/ratings/kiosk.ts';
import { running } from './support/journey.ts';
import { openKioskOffice } from './support/kiosk-office.ts';
import { linkFor, makeKioskPlace, pairDevice, PIN, TABLET, withdrawAll, type KioskPlace } from './support/kiosk.ts';
import { expectAccessible, phoneWithoutScripts, signedIn } from './support/pages.ts';
import { api } from './support/site.ts';

test.describe.configure({ timeout: 180_000 });

let place: KioskPlace;
test.beforeAll(async ({ browser }) => {
	place = await makeKioskPlace(browser, randomUUID().slice(0, 6));
});

/** How many counted ratings the desk's officer has since yesterday, for a journey may run over midnight. */
async function countOf(officer: string): Promise<number> {
	const today = localDate(new Date(), 'Asia/Makassar');
	const { body } = await api(running().origin, `/leaderboard?unit=mamuju&from=${addDays(today, -1)}&to=${today}`);
	const rows = [...(body.items as Row[]), ...(body.insufficient as Row[])];
	return rows.find((row) => row.officer.name === officer)?.n ?? 0;
}
interface Row {
	officer: { name: string };
	n: number;
}

/** What a code on a screen says, read from a picture of it as a phone reads it. */
async function scanned(code: Locator): Promise<string> {
	const { data, info } = await sharp(await code.screenshot())
		.ensureAlpha()
		.raw()
		.toBuffer({ resolveWithObject: true });
	return jsQR(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

const score = (page: Page, words: string) => page.getByRole('button', { name: words, exact: true });

async function rate(page: Page, words = 'Puas'): Promise<void> {
	await score(page, words).tap();
	await expect(page.getByRole('heading', { name: 'Penilaian Anda sudah tercatat' })).toBeVisible();
	await page.getByRole('button', { name: 'Selesai' }).tap();
	await expect(score(page, 'Puas')).toBeVisible();
}

/** The service worker has the shells: what follows needs no line. */
async function shellKept(page: Page): Promise<void> {
	await expect.poll(() => page.evaluate(async () => (await caches.match('/kiosk?kerangka')) !== undefined)).toBe(true);
}

/** Nothing of the step lies below the screen's edge. */
async function expectFits(page: Page): Promise<void> {
	expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
}

/** Collects what the site answers about kept ratings. */
function outcomesOf(page: Page): KeptOutcome[] {
	const heard: KeptOutcome[] = [];
	page.on('response', async (response) => {
		if (!response.url().endsWith('/kiosk/ratings') || !response.ok()) return;
		heard.push(...((await response.json()) as { outcomes: KeptOutcome[] }).outcomes);
	});
	return heard;
}

test('one touch rates the officer at the desk; a note, another score and the way to one’s own phone are offered', async ({
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
	await expectFits(page);
	await page.getByText('English').tap();
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');
	await expectAccessible(page);
	await score(page, 'Unhappy').tap();
	await expect(page.getByRole('heading', { name: 'Your rating is recorded' })).toBeVisible();
	await page.getByRole('button', { name: 'Give me more time' }).tap();
	await expectAccessible(page);
	// The way to one's own phone is the same for every score.
	const own = page.getByRole('img', { name: 'A suggestion or a complaint? Write it on your phone' });
	const door = await scanned(own);
	expect(door).toMatch(/\/q\/[0-9A-Z]{6}\?petugas=[0-9a-f-]{36}$/);
	await page.getByRole('button', { name: 'Add a note' }).tap();
	await expectAccessible(page);
	await page.locator('textarea').fill('Lama menunggu.');
	await page.getByRole('button', { name: 'Add', exact: true }).tap();
	await page.getByRole('button', { name: 'Change the rating' }).tap();
	await expect(page.getByText('Your first rating stands until you choose another.')).toBeVisible();
	await page.getByRole('button', { name: 'Keep the first' }).tap();
	await page.getByRole('button', { name: 'Change the rating' }).tap();
	await expectFits(page);
	await score(page, 'Happy').tap();
	expect(await scanned(own)).toBe(door);
	await page.getByRole('button', { name: 'Done' }).tap();
	// The next visitor finds the start in the device's language, and nothing of the last one, also by Back.
	await expect(score(page, 'Puas')).toBeVisible();
	await expect(page.locator('html')).toHaveAttribute('lang', 'id');
	await page.goBack().catch(() => null);
	await page.goto(`${running().origin}/kiosk`);
	await expect(page.locator('body')).not.toContainText('Lama menunggu');
	await expect.poll(() => countOf(officer)).toBe(before + 1);
	const phone = await (await browser.newContext({ viewport: { width: 360, height: 780 } })).newPage();
	await phone.goto(door.replace(/^https?:\/\/[^/]+/, running().origin));
	await phone.getByRole('link', { name: /Sampaikan pengaduan/ }).click();
	await expect(phone.locator('[name=officer] option:checked')).toHaveText(officer);
});

test('without a line twenty ratings wait through a reload, and come in exactly once', async ({ browser }) => {
	const { officer } = place.desk;
	const before = await countOf(officer);
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const heard = outcomesOf(page);
	await expect(score(page, 'Puas')).toBeVisible();
	await shellKept(page);
	await page.context().setOffline(true);
	for (let n = 0; n < 12; n++) await rate(page);
	await page.reload();
	await expect(score(page, 'Puas')).toBeVisible();
	for (let n = 0; n < 8; n++) await rate(page, 'Sangat puas');
	expect(heard).toEqual([]);
	expect(await countOf(officer)).toBe(before);
	await page.context().setOffline(false);
	await expect.poll(() => countOf(officer), { timeout: 60_000 }).toBe(before + 20);
	// The site has counted them before the tablet has read that it did.
	await expect.poll(() => heard.filter(({ outcome }) => outcome === 'stored').length).toBe(20);
	expect(heard).toHaveLength(20);
	await page.goto(`${running().origin}/kiosk/keluar`);
	await page.locator('[name=pin]').fill(PIN);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('0 penilaian')).toBeVisible();
});

test('the staff’s page opens without a line: it tells what waits here, and that the PIN has to wait', async ({
	browser
}) => {
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await shellKept(page);
	await page.context().setOffline(true);
	await rate(page);
	await rate(page);
	const staff = page.getByRole('link', { name: 'Petugas', exact: true });
	const cut = page.getByRole('heading', { name: 'Sambungan ke situs terputus' });
	await staff.tap();
	await expect(cut).toBeVisible();
	await expect(page.getByText('2 penilaian')).toBeVisible();
	await expect(page.locator('[name=pin]')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole('link', { name: 'Kembali ke anjungan' }).tap();
	await expect(score(page, 'Puas')).toBeVisible();
	await page.context().setOffline(false);
	await staff.tap();
	await page.locator('[name=pin]').fill(PIN);
	// The line breaks while somebody types.
	await page.context().setOffline(true);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(cut).toBeVisible();
	await page.context().setOffline(false);
	await page.locator('[name=pin]').fill('12ab');
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('PIN terdiri atas 4 sampai 8 angka.').first()).toBeVisible();
});

test('a tablet whose browser lost its key says so; paired again, it sends what it took meanwhile', async ({
	browser
}) => {
	const { officer } = place.desk;
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const heard = outcomesOf(page);
	await rate(page);
	await expect.poll(() => heard).toEqual([{ outcome: 'stored' }]);
	const before = await countOf(officer);
	await shellKept(page);
	await page.context().setOffline(true);
	await page.evaluate(
		() =>
			new Promise<void>((done, failed) => {
				const opening = indexedDB.open('spatula-kiosk');
				opening.onerror = () => failed(opening.error);
				opening.onsuccess = () => {
					const clearing = opening.result.transaction('devices', 'readwrite');
					clearing.objectStore('devices').clear();
					clearing.oncomplete = () => done();
				};
			})
	);
	await page.reload();
	await rate(page);
	await page.context().setOffline(false);
	await expect(page.getByRole('heading', { name: 'Tablet ini perlu dipasangkan lagi' })).toBeVisible({
		timeout: 60_000
	});
	await expect(page.getByText('mintalah tautan baru kepada administrator')).toBeVisible();
	await expectAccessible(page);
	heard.length = 0;
	await page.goto((await linkFor(place, 'tablet', true)).replace(/^https?:\/\/[^/]+/, running().origin));
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect.poll(() => heard, { timeout: 60_000 }).toEqual([{ outcome: 'stored' }]);
	expect(await countOf(officer)).toBe(before + 1);
});

test('a rating given while the tablet still makes its key is signed by the key that the site is told', async ({
	browser
}) => {
	const page = await pairDevice(browser, place, 'tablet', {
		atDesk: true,
		script: () => {
			const { subtle } = crypto;
			const generate = subtle.generateKey.bind(subtle) as (...args: unknown[]) => Promise<unknown>;
			const slowly = async (...args: unknown[]) => {
				await new Promise((done) => setTimeout(done, 3000));
				return generate(...args);
			};
			subtle.generateKey = slowly as typeof subtle.generateKey;
		}
	});
	const heard = outcomesOf(page);
	await rate(page);
	await expect.poll(() => heard).toEqual([{ outcome: 'stored' }]);
});

test('devices have distinct names, and their list shows what was done to each', async ({ browser }) => {
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

test('an answer that gets lost after the site has stored makes no second rating', async ({ browser }) => {
	const { officer } = place.desk;
	const before = await countOf(officer);
	const context = { ...TABLET, serviceWorkers: 'block' as const };
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true, context });
	const heard = outcomesOf(page);
	await page.route(
		'**/kiosk/ratings',
		async (route) => {
			await route.fetch();
			await route.abort();
		},
		{ times: 1 }
	);
	await rate(page);
	await expect.poll(() => heard).toEqual([{ outcome: 'repeated' }]);
	expect(await countOf(officer)).toBe(before + 1);
});

test('a half-filled screen counts down before it resets, and gives more time on request', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await page.clock.install();
	await page.reload();
	const more = page.getByRole('button', { name: 'Beri saya waktu lagi' });
	await page.getByRole('button', { name: 'Petugas lain' }).tap();
	expect(await page.locator('main li').count()).toBeGreaterThanOrEqual(7);
	await expectFits(page);
	await page.clock.runFor(29_000);
	await expect(more).toHaveCount(0);
	await page.clock.runFor(2_000);
	await expect(page.getByText('Kembali ke awal dalam 15 detik').or(page.getByText('dalam 14 detik'))).toBeVisible();
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
	await page.clock.runFor(12_000);
	await expect(score(page, 'Puas')).toBeVisible();
	await expect(more).toHaveCount(0);
});

test('a tablet without a desk proposes nobody: each visitor chooses from the whole office', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'tablet', { context: { ...TABLET, serviceWorkers: 'block' } });
	await page.clock.install();
	await page.reload();
	const question = page.getByRole('heading', { name: 'Siapa yang melayani Anda?' });
	await expect(question).toBeVisible();
	expect(await page.locator('main li').count()).toBeGreaterThanOrEqual(7);
	await expectFits(page);
	await page.getByRole('button', { name: place.desk.officer }).tap();
	await expect(
		page.getByRole('heading', { name: `Bagaimana pelayanan ${place.desk.officer} hari ini?` })
	).toBeVisible();
	// The next visitor finds the question again, not the last one's answer.
	await page.clock.runFor(60_000);
	await expect(question).toBeVisible();
});

test('the display shows the code of the visit just closed at its desk, and another phone rates by it', async ({
	browser
}) => {
	const { origin } = running();
	const page = await pairDevice(browser, place, 'display', { atDesk: true });
	await expect(page.getByRole('heading', { name: 'Selamat datang' })).toBeVisible();
	await expectAccessible(page);
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await desk.goto(`${origin}/desk/visits?unit=mamuju&desk=${place.desk.id}`);
	await desk.getByRole('button', { name: 'Catat, sudah selesai' }).click();
	await expect(page.getByRole('heading', { name: 'Bagaimana pelayanan kami?' })).toBeVisible();
	await expectAccessible(page);
	const address = await scanned(page.getByRole('img', { name: 'Kode QR penilaian kunjungan' }));
	expect(address).toMatch(/\/nilai\/[\w-]{22}$/);
	const phone = await (await browser.newContext({ viewport: { width: 360, height: 780 } })).newPage();
	await phone.goto(`${origin}${new URL(address).pathname}`);
	await phone.locator('[name=score][value="5"]').check({ force: true });
	await phone.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(phone).toHaveURL(/terima-kasih/);
	// Used or not, the screen goes on as it was.
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Bagaimana pelayanan kami?' })).toBeVisible();
	await page.context().setOffline(true);
	await expect(page.getByText('Sambungan terputus')).toBeVisible({ timeout: 30_000 });
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

	// A visit's link is for its visitor's own phone: sent in here it is left to them, and a display takes nothing.
	const { origin } = running();
	const { body: visit } = await api(origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
	const link = String(visit.rating_url);
	const send = (device: Page) =>
		device.context().request.post(`${origin}/kiosk`, {
			headers: { origin },
			form: { score: '5', visit_token: link.split('/').at(-1) ?? '', submission_id: randomUUID() },
			maxRedirects: 0
		});
	expect((await send(tablet)).status()).toBe(303);
	expect((await send(display)).status()).toBe(404);
	const visitor = await (await browser.newContext()).newPage();
	await visitor.goto(link);
	await expect(visitor.getByRole('button', { name: 'Kirim penilaian' })).toBeVisible();
});

test('a wrong PIN leads nowhere, and a link, once used, says what to do', async ({ browser }) => {
	const { origin } = running();
	const link = await linkFor(place, 'tablet');
	const page = await (await browser.newContext(TABLET)).newPage();
	await page.goto(link.replace(/^https?:\/\/[^/]+/, origin));
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect(page).toHaveURL(/\/kiosk$/);
	await page.getByRole('link', { name: 'Petugas', exact: true }).tap();
	await expect(page).toHaveURL(/keluar/);
	await page.locator('[name=pin]').fill('1111');
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('PIN tidak cocok.').first()).toBeVisible();
	await expect(page.locator('[name=pin]')).toHaveValue('');
	await expectAccessible(page);
	await page.locator('[name=pin]').fill(PIN);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	const toSite = page.getByRole('link', { name: 'Buka situs biasa' });
	await expect(toSite).toBeVisible();
	await expectAccessible(page);
	// The next one at the tablet finds no way back behind the PIN.
	await page.getByRole('link', { name: 'Kembali ke anjungan' }).tap();
	await expect(page).toHaveURL(/\/kiosk$/);
	await page.goBack();
	await expect(page.locator('[name=pin]').or(page.getByText('Siapa yang melayani Anda?')).first()).toBeVisible();
	await expect(toSite).toHaveCount(0);
	const late = await (await phoneWithoutScripts(browser)).newPage();
	await late.goto(link.replace(/^https?:\/\/[^/]+/, origin));
	await expect(late.getByText('Tautan ini tidak berlaku lagi')).toBeVisible();
	await late.goto(`${origin}/kiosk`);
	await expect(late.getByText('Perangkat ini belum dipasangkan')).toBeVisible();
});

test('after five wrong PINs the right one is accepted after a wait', async ({ browser }) => {
	const office = await openKioskOffice();
	try {
		const page = await (await browser.newContext(TABLET)).newPage();
		await page.goto(office.link);
		await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
		await expect(page).toHaveURL(/\/kiosk$/);
		await page.goto(`${office.origin}/kiosk/keluar`);
		const type = async (pin: string) => {
			await page.locator('[name=pin]').fill(pin);
			const answer = page.waitForResponse((response) => response.request().method() === 'POST');
			await page.getByRole('button', { name: 'Keluar' }).click();
			return (await answer).status();
		};
		for (let n = 0; n < 5; n++) expect(await type('1111')).toBe(422);
		await expect(page.getByText('diperiksa setelah 5 detik').first()).toBeVisible();
		await expectAccessible(page);
		expect(await type(PIN)).toBe(200);
		await expect(page.getByRole('link', { name: 'Buka situs biasa' })).toBeVisible();
	} finally {
		await office.stop();
	}
});

/** A rating with somebody else's signature, or none, sent in the device's name. */
async function forged(page: Page): Promise<unknown> {
	return page.evaluate(async () => {
		const { kiosk } = (await (await fetch('/kiosk/state')).json()) as { kiosk: string };
		const part = (value: unknown) =>
			btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
		const rating = { submission_id: crypto.randomUUID(), score: 5, given_at: new Date().toISOString() };
		const ratings = [
			`${part({ alg: 'ES256' })}.${part(rating)}.${'A'.repeat(86)}`,
			`${part({ alg: 'none' })}.${part(rating)}.`
		];
		const headers = { 'content-type': 'application/json' };
		const body = JSON.stringify({ kiosk, ratings });
		return (await fetch('/kiosk/ratings', { method: 'POST', headers, body })).json();
	});
}

async function reviewed(browser: Browser, words: string): Promise<Locator> {
	const manager = await signedIn(browser, 'pemantau.mamuju');
	await manager.goto(`${running().origin}/insight/review`);
	return manager.locator('li', { hasText: words }).last();
}

test('what a withdrawn tablet kept waits for a manager; a wrong signature is refused', async ({ browser }) => {
	const words = `Ditarik ${randomUUID().slice(0, 8)}`;
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const heard = outcomesOf(page);
	await rate(page);
	await expect.poll(() => heard).toEqual([{ outcome: 'stored' }]);
	const refused = { outcome: 'refused', reason: 'kept_signature' };
	expect(await forged(page)).toMatchObject({ outcomes: [refused, refused] });
	await page.context().setOffline(true);
	await score(page, 'Puas').tap();
	await page.getByRole('button', { name: 'Tambah catatan' }).tap();
	await page.locator('textarea').fill(words);
	await page.getByRole('button', { name: 'Tambahkan' }).tap();
	await page.getByRole('button', { name: 'Selesai' }).tap();
	await withdrawAll(place);
	heard.length = 0;
	await page.context().setOffline(false);
	await expect.poll(() => heard, { timeout: 60_000 }).toEqual([{ outcome: 'stored' }]);
	await expect(page.getByRole('heading', { name: 'Perangkat ini tidak lagi dipasangkan' })).toBeVisible({
		timeout: 60_000
	});
	await expectAccessible(page);
	await expect(await reviewed(browser, words)).toContainText('disimpan tablet yang sudah ditarik');
});
