import { createServer, request as ask, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { running } from './support/journey.ts';
import { countOf } from './support/kiosk.ts';
import { fillReport } from './support/pages.ts';
import { bar, casesWith, keptInBrowser, openForm, ownWords } from './support/phone.ts';
import { expect, fullBrowser, test } from './support/test.ts';

const OFFICER = 'Petugas Contoh 3';

test('a rating goes out once after its page was closed, and leaves nothing for the next person', async () => {
	const browser = await fullBrowser();
	try {
		const context = await browser.newContext({ baseURL: running().origin, serviceWorkers: 'allow' });
		const before = await countOf(OFFICER);
		const page = await context.newPage();
		await openForm(page, '/mamuju/nilai?petugas=semua');
		await page.getByRole('radio', { name: OFFICER }).check({ force: true });
		await page.evaluate(async () => {
			const worker = () => navigator.serviceWorker.getRegistration('/nilai-nanti');
			while (!(await worker())?.active) await new Promise((done) => setTimeout(done, 50));
		});
		await page.locator('[name=score][value="1"]').check({ force: true });
		await context.setOffline(true);
		await page.getByRole('button', { name: 'Kirim penilaian' }).click();
		await expect(bar(page)).toContainText('juga bila halaman ini ditutup');
		// From now on the browser may send it: Playwright takes pages offline, but not always the service worker.
		await page.close();
		await context.setOffline(false);

		const next = await context.newPage();
		await openForm(next, '/mamuju/nilai');
		await expect(next.locator('[name=score]:checked')).toHaveCount(0);
		await expect(bar(next)).not.toHaveAttribute('data-shown');
		// The browser decides when it tries again; here DevTools tells it.
		const devtools = await context.newCDPSession(next);
		const known: { registrationId: string; scopeURL: string }[] = [];
		devtools.on('ServiceWorker.workerRegistrationUpdated', (event) => known.push(...event.registrations));
		await devtools.send('ServiceWorker.enable');
		const worker = () => known.find(({ scopeURL }) => scopeURL.endsWith('/nilai-nanti'));
		await expect.poll(worker).toBeTruthy();
		const registrationId = worker()?.registrationId ?? '';
		const sync = { origin: running().origin, registrationId, tag: 'ratings', lastChance: false };
		await devtools.send('ServiceWorker.dispatchSyncEvent', sync);
		await expect.poll(() => countOf(OFFICER), { timeout: 30_000 }).toBe(before + 1);
		await expect.poll(() => keptInBrowser(next)).not.toContain('score=1');
		// The next person is not invited to complain about the officer whom somebody else rated.
		expect((await context.cookies()).map(({ name }) => name)).not.toContain('undangan');
		await devtools.send('ServiceWorker.dispatchSyncEvent', sync);
		await next.reload();
		expect(await countOf(OFFICER)).toBe(before + 1);
	} finally {
		await browser.close();
	}
});

test('a rating that the site would refuse waits on its page, where the person reads why', async () => {
	const browser = await fullBrowser();
	try {
		const context = await browser.newContext({ baseURL: running().origin, serviceWorkers: 'allow' });
		const page = await context.newPage();
		await openForm(page, '/mamuju/nilai');
		const words = ownWords();
		await page.getByText('Tambah keterangan').click();
		await page.locator('[name=comment]').fill(words);
		await page.evaluate(async () => {
			const worker = () => navigator.serviceWorker.getRegistration('/nilai-nanti');
			while (!(await worker())?.active) await new Promise((done) => setTimeout(done, 50));
		});
		await context.setOffline(true);
		await page.getByRole('button', { name: 'Kirim penilaian' }).click();
		await expect(bar(page)).toContainText('Biarkan halaman ini terbuka');
		const [onPhone] = JSON.parse(await keptInBrowser(page)) as unknown[];
		expect(onPhone).toEqual([[], []]);
		await context.setOffline(false);
		await expect(page.locator('#errors')).toBeVisible();
		await expect(page.locator('[name=comment]')).toHaveValue(words);
		// A longer text than the site takes can't be typed.
		await expect(page.locator('[name=comment]')).toHaveAttribute('maxlength', '500');
	} finally {
		await browser.close();
	}
});

test('a new version of the site loses nothing of a form that is being filled in, and serves the next page', async () => {
	const browser = await fullBrowser();
	// The site behind a proxy that has a new version: another worker, and no file of the former build.
	let deployed = false;
	const { origin } = running();
	const proxy = createServer((request, response) => {
		const url = request.url ?? '/';
		if (deployed && url.startsWith('/_app/immutable/')) return void response.writeHead(404).end();
		const headers: IncomingHttpHeaders = { ...request.headers, host: new URL(origin).host };
		if (headers.origin) headers.origin = origin;
		// Without compression and caching, so that a line can be appended to the worker's script.
		for (const name of ['accept-encoding', 'if-none-match', 'if-modified-since']) delete headers[name];
		const asked = ask(origin + url, { method: request.method, headers }, (answer) => {
			const { 'content-length': _length, ...passed } = answer.headers;
			response.writeHead(answer.statusCode ?? 502, passed);
			if (deployed && url === '/service-worker.js') response.write('// new\n');
			answer.pipe(response);
		});
		request.pipe(asked);
	});
	await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
	try {
		const { port } = proxy.address() as AddressInfo;
		const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}`, serviceWorkers: 'allow' });
		const page = await context.newPage();
		await openForm(page, '/mamuju/pengaduan');
		// What Chromium asks of an app that can be installed.
		const devtools = await context.newCDPSession(page);
		const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
		expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
		const { errors, url } = await devtools.send('Page.getAppManifest');
		expect([errors, new URL(url).pathname]).toEqual([[], '/mamuju/manifest.webmanifest']);
		const workerState = () => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state);
		await expect.poll(workerState).toBe('activated');
		const body = `Kursi ruang tunggu patah (${crypto.randomUUID()}).`;
		await fillReport(page, body);
		let loads = 0;
		page.on('load', () => (loads += 1));
		deployed = true;
		const changed = page.evaluate(
			() => new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done, { once: true }))
		);
		await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
		await changed;
		expect(loads).toBe(0);
		await expect(page.locator('[name=body]')).toHaveValue(body);
		await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await expect(page).toHaveURL('/terima');
		expect(await casesWith(body)).toHaveLength(1);
	} finally {
		await browser.close();
		proxy.close();
	}
});

test('large photos are shrunk upright before they are sent, with their progress, over a slow connection', async ({
	page
}) => {
	const devtools = await page.context().newCDPSession(page);
	await openForm(page, '/mamuju/pengaduan');
	const body = `Atap bocor di ruang tunggu, lihat foto (${crypto.randomUUID()}).`;
	// Held upright: the camera stores it lying, with a note.
	const buffer = await sharp(await noisyPhoto(3000, 2000))
		.withMetadata({ orientation: 6 })
		.jpeg()
		.toBuffer();
	const photo = (name: string) => ({ name, mimeType: 'image/jpeg', buffer });
	await page.setInputFiles('[name=file]', [photo('a.jpg'), photo('b.jpg'), photo('c.jpg')]);
	await expect(page.locator('.chosen li')).toHaveCount(3, { timeout: 60_000 });
	await fillReport(page, body);
	const chosen = await page.locator('[name=file]').evaluate(async (input: HTMLInputElement) => {
		const files = [...(input.files ?? [])];
		const pictures = await Promise.all(files.map((file) => createImageBitmap(file, { imageOrientation: 'none' })));
		return pictures.map(({ width, height }, index) => ({ width, height, bytes: files[index]?.size ?? 0 }));
	});
	for (const { width, height, bytes } of chosen) {
		expect({ width, height }).toEqual({ width: 1365, height: 2048 });
		expect(bytes).toBeLessThan(buffer.length);
	}
	await devtools.send('Network.emulateNetworkConditions', {
		offline: false,
		latency: 400,
		downloadThroughput: 200_000,
		uploadThroughput: 200_000
	});
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	await expect(page.locator('.chosen progress')).toHaveCount(3);
	await expect(page.locator('.chosen progress').first()).toBeVisible();
	// The person goes back to the first step while the report is sent, and can change nothing there.
	await page.evaluate(() => void (location.hash = 'bagian-1'));
	const story = page.locator('[name=body]');
	await expect(story).toBeVisible();
	await expect(bar(page)).toBeInViewport();
	await expect(bar(page)).toContainText(/Sedang mengirim … \d+%/);
	await expect(story.click({ timeout: 1000 })).rejects.toThrow();
	await expect(page).toHaveURL('/terima', { timeout: 120_000 });
	expect((await casesWith(body)).map(({ attachments }) => attachments.length)).toEqual([3]);
});

for (const width of [360, 1440]) {
	test(`nothing moves when the script of a form starts, at ${width} px`, async ({ page }) => {
		await page.setViewportSize({ width, height: 900 });
		for (const path of ['/mamuju/nilai', '/mamuju/pengaduan', '/mamuju/saran', '/mamuju/permintaan']) {
			await openForm(page, path);
			await page.waitForTimeout(500);
			const shift = await page.evaluate(
				() =>
					new Promise<number>((done) => {
						new PerformanceObserver((list) =>
							done(
								list.getEntries().reduce((sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value, 0)
							)
						).observe({ type: 'layout-shift', buffered: true });
						setTimeout(() => done(0), 300);
					})
			);
			expect(shift, path).toBe(0);
		}
	});
}
