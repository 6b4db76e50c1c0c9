import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { submit } from '../scripts/site/client.ts';
import {
	countOf,
	linkFor,
	makeKioskPlace,
	outcomesOf,
	pairDevice,
	PIN,
	rate,
	score,
	TABLET,
	type KioskPlace
} from './support/kiosk.ts';
import { running } from './support/journey.ts';
import { expectAccessible, signedIn } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

let place: KioskPlace;
test.beforeAll(async ({ browser }) => void (place = await makeKioskPlace(browser, crypto.randomUUID().slice(0, 6))));

/** Waits until the service worker has cached the page shells, so that the page works offline. */
async function waitForShell(page: Page): Promise<void> {
	await expect.poll(() => page.evaluate(async () => (await caches.match('/kiosk?kerangka')) !== undefined)).toBe(true);
}

/**
 * Sends two ratings in the device's name, one with a wrong signature and one with none. @returns the site's response
 */
async function sendForgedRatings(page: Page): Promise<unknown> {
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

test('offline, twenty ratings are stored through a reload, and are then sent exactly once', async ({ browser }) => {
	const { officer } = place.desk;
	const before = await countOf(officer);
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const outcomes = outcomesOf(page);
	await expect(score(page, 'Puas')).toBeVisible();
	await waitForShell(page);
	await page.context().setOffline(true);
	for (let n = 0; n < 12; n++) await rate(page);
	await page.reload();
	await expect(score(page, 'Puas')).toBeVisible();
	for (let n = 0; n < 8; n++) await rate(page, 'Sangat puas');
	expect(outcomes).toEqual([]);
	expect(await countOf(officer)).toBe(before);
	await page.context().setOffline(false);
	await expect.poll(() => countOf(officer), { timeout: 60_000 }).toBe(before + 20);
	// The site stores them before the tablet has read the response.
	await expect.poll(() => outcomes.filter(({ outcome }) => outcome === 'stored').length).toBe(20);
	expect(outcomes).toHaveLength(20);
	await page.goto('/kiosk/keluar');
	await page.locator('[name=pin]').fill(PIN);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('0 penilaian')).toBeVisible();
});

test('the exit page opens offline and shows how many ratings are stored, but the PIN needs a connection', async ({
	browser
}) => {
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await waitForShell(page);
	await page.context().setOffline(true);
	await rate(page);
	await rate(page);
	const staff = page.getByRole('link', { name: 'Khusus petugas' });
	const disconnected = page.getByRole('heading', { name: 'Sambungan ke situs terputus' });
	await staff.tap();
	await expect(disconnected).toBeVisible();
	await expect(page.getByText('2 penilaian')).toBeVisible();
	await expect(page.locator('[name=pin]')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole('link', { name: 'Kembali ke layar penilaian' }).tap();
	await expect(score(page, 'Puas')).toBeVisible();
	await page.context().setOffline(false);
	await staff.tap();
	await page.locator('[name=pin]').fill(PIN);
	// The connection breaks while somebody types.
	await page.context().setOffline(true);
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(disconnected).toBeVisible();
	await page.context().setOffline(false);
	await page.locator('[name=pin]').fill('12ab');
	await page.getByRole('button', { name: 'Keluar' }).tap();
	await expect(page.getByText('PIN terdiri atas 4 sampai 8 angka.').first()).toBeVisible();
});

test('a tablet whose page or its scripts do not arrive starts with the cached page', async ({ browser }) => {
	const { origin } = running();
	// A connection that breaks in the middle of the kiosk's page, or before the scripts of a new version have arrived.
	let stalled: 'page' | 'scripts' | undefined;
	const proxy = createServer((request, response) => {
		const url = request.url ?? '/';
		if (url.includes('/entry/newer-')) return void request.destroy();
		const { 'accept-encoding': _encoding, ...headers } = request.headers;
		const asked = ask(origin + url, { method: request.method, headers: { ...headers, host: new URL(origin).host } });
		asked.on('response', (answer) => {
			const { 'content-length': _length, ...passed } = answer.headers;
			response.writeHead(answer.statusCode ?? 502, passed);
			if (!stalled || url !== '/kiosk') answer.pipe(response);
			else if (stalled === 'page') answer.once('data', (piece: Buffer) => response.write(piece.subarray(0, 2000)));
			else void text(answer).then((html) => response.end(html.replaceAll('/entry/', '/entry/newer-')));
		});
		request.pipe(asked);
	});
	await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
	try {
		const paired = await pairDevice(browser, place, 'tablet', { atDesk: true });
		const page = await paired.context().newPage();
		await page.goto(`http://localhost:${(proxy.address() as AddressInfo).port}/kiosk`);
		await waitForShell(page);
		for (stalled of ['page', 'scripts'] as const) {
			await page.reload();
			await expect(score(page, 'Puas')).toBeVisible();
		}
	} finally {
		proxy.closeAllConnections();
		proxy.close();
	}
});

test('the exit page of a tablet warns before it returns to visitors after a minute without input', async ({
	browser
}) => {
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	await page.clock.install();
	await page.goto('/kiosk/keluar');
	await page.locator('[name=pin]').fill('2');
	const more = page.getByRole('button', { name: 'Beri saya waktu lagi' });
	await expect(async () => {
		await page.clock.runFor(15_000);
		await expect(more).toBeVisible({ timeout: 1000 });
	}).toPass();
	await more.tap();
	await expect(more).toHaveCount(0);
	await expect(async () => {
		await page.clock.runFor(61_000);
		await expect(page).toHaveURL(/\/kiosk$/, { timeout: 2000 });
	}).toPass();
	await expect(score(page, 'Puas')).toBeVisible();
});

test('a tablet that lost its key says so; paired again, it sends its stored ratings', async ({ browser }) => {
	const { officer } = place.desk;
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const outcomes = outcomesOf(page);
	await rate(page);
	await expect.poll(() => outcomes).toEqual([{ outcome: 'stored' }]);
	const before = await countOf(officer);
	await waitForShell(page);
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
	outcomes.length = 0;
	await page.goto(await linkFor(place, 'tablet', true));
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect.poll(() => outcomes, { timeout: 60_000 }).toEqual([{ outcome: 'stored' }]);
	expect(await countOf(officer)).toBe(before + 1);
});

test('a rating given before the tablet’s key is ready is signed with that key and stored', async ({ browser }) => {
	const page = await pairDevice(browser, place, 'tablet', {
		atDesk: true,
		script: () => {
			const { subtle } = crypto;
			const generate = subtle.generateKey.bind(subtle) as (...args: unknown[]) => Promise<unknown>;
			const allowed = new Promise((done) => addEventListener('key-allowed', done));
			const slowly = async (...args: unknown[]) => {
				await allowed;
				return generate(...args);
			};
			subtle.generateKey = slowly as typeof subtle.generateKey;
		}
	});
	const outcomes = outcomesOf(page);
	await score(page, 'Puas').tap();
	await page.evaluate(() => dispatchEvent(new Event('key-allowed')));
	await page.getByRole('button', { name: 'Selesai', exact: true }).press('Enter');
	await expect.poll(() => outcomes).toEqual([{ outcome: 'stored' }]);
});

test('a response that is lost after the rating was stored causes no second rating', async ({ browser }) => {
	const { officer } = place.desk;
	const before = await countOf(officer);
	const context = { ...TABLET, serviceWorkers: 'block' as const };
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true, context });
	const outcomes = outcomesOf(page);
	await page.route(
		'**/kiosk/ratings',
		async (route) => {
			await route.fetch();
			await route.abort();
		},
		{ times: 1 }
	);
	await rate(page);
	await expect.poll(() => outcomes).toEqual([{ outcome: 'repeated' }]);
	expect(await countOf(officer)).toBe(before + 1);
});

test('stored ratings of an unpaired tablet are marked for a manager; a wrong signature is refused', async ({
	browser
}) => {
	const words = `Ditarik ${crypto.randomUUID().slice(0, 8)}`;
	const page = await pairDevice(browser, place, 'tablet', { atDesk: true });
	const outcomes = outcomesOf(page);
	await rate(page);
	await expect.poll(() => outcomes).toEqual([{ outcome: 'stored' }]);
	const refused = { outcome: 'refused', reason: 'kept_signature' };
	expect(await sendForgedRatings(page)).toMatchObject({ outcomes: [refused, refused] });
	await page.context().setOffline(true);
	await score(page, 'Puas').tap();
	await page.getByRole('button', { name: 'Tambah catatan' }).tap();
	await page.locator('textarea').fill(words);
	await page.getByRole('button', { name: 'Tambahkan' }).tap();
	await page.getByRole('button', { name: 'Selesai', exact: true }).tap();
	const unpaired = await submit(running().origin, `${place.page}?/unpair`, { all: 'yes' }, place.cookie);
	expect(unpaired.status).toBe(303);
	outcomes.length = 0;
	await page.context().setOffline(false);
	await expect.poll(() => outcomes, { timeout: 60_000 }).toEqual([{ outcome: 'stored' }]);
	await expect(page.getByRole('heading', { name: 'Perangkat ini tidak lagi dipasangkan' })).toBeVisible({
		timeout: 60_000
	});
	await expectAccessible(page);
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	// With LIMITS=on the rating would be held. This site has LIMITS=off, so it is counted, and only marked.
	await manager.goto('/insight/review?kind=marked');
	await expect(manager.locator('li', { hasText: words }).last()).toContainText('disimpan tablet yang sudah diputuskan');
});
