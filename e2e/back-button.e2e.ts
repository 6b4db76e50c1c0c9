import { openCase } from './support/cases.ts';
import { account, running } from './support/journey.ts';
import { isFullRun, fill, fillReport, readReceipt, track } from './support/pages.ts';
import { api } from './support/site.ts';
import {
	CORE,
	chromium,
	expect,
	test,
	type Browser,
	type CDPSession,
	type Page,
	type Request
} from './support/test.ts';

/** A browser with the back/forward cache. Playwright switches it off by default. */
const browserThatKeepsPages = (): Promise<Browser> =>
	chromium.launch({
		executablePath: process.env.CHROMIUM_PATH || undefined,
		ignoreDefaultArgs: ['--disable-back-forward-cache'],
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
	});

/**
 * What the page shows after Back. Playwright doesn't notice a page from the back/forward cache, so the journeys ask
 * DevTools.
 */
interface AfterBack {
	/** True if the browser showed a cached page without a request. */
	kept: boolean;
	url: string;
	text: string;
	/** Typed and chosen values of its fields, as name=value. */
	typed: string[];
}

const LOOK = `JSON.stringify({
	url: location.href,
	ready: document.readyState === 'complete',
	text: document.documentElement.textContent,
	typed: [...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
		.filter((field) => /^(radio|checkbox)$/.test(field.type) ? field.checked : field.value)
		.map((field) => field.name + '=' + field.value)
})`;

/** How long a page's scripts may still fill in fields once the page has loaded. */
const SETTLE_MS = 250;

/** DevTools may never report the awaited page, so that only the limit of the test would end the journey. */
const LIMIT = { timeout: 20_000, intervals: [50] };

/**
 * Presses Back and reads the page once it is complete: a cached page, the page that it reloads, or a requested page.
 */
async function pressBack(page: Page): Promise<AfterBack> {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Page.enable');
	// A page that is left before it has loaded may not have made the browser clear its cached pages yet.
	await look(devtools);
	const { currentIndex, entries } = await devtools.send('Page.getNavigationHistory');
	const before = entries[currentIndex - 1];
	if (!before) throw new Error('there is nothing to go back to');
	let requested = false;
	const onRequest = (request: Request) => (requested ||= request.isNavigationRequest());
	page.on('request', onRequest);
	let reloads = false;
	devtools.on('Page.frameRequestedNavigation', () => (reloads = true));
	/** How the browser got each page that it has shown since. */
	const shown: string[] = [];
	devtools.on('Page.frameNavigated', ({ frame, type }) => void (frame.parentId || shown.push(type)));
	const untilShown = (pages: number) => expect.poll(() => shown.length, LIMIT).toBeGreaterThanOrEqual(pages);
	await devtools.send('Page.navigateToHistoryEntry', { entryId: before.id });
	await untilShown(1);
	if (shown[0] === 'BackForwardCacheRestore') {
		await look(devtools);
		// A cached page requests itself again when it is shown, before DevTools reports anything here.
		if (reloads) await untilShown(2);
	}
	await look(devtools);
	await new Promise((done) => setTimeout(done, SETTLE_MS));
	const { url, text, typed } = await look(devtools);
	page.off('request', onRequest);
	await devtools.detach();
	return { kept: !requested, url, text, typed };
}

/** Reads the page once it has loaded. */
async function look(devtools: CDPSession): Promise<Omit<AfterBack, 'kept'>> {
	let seen: (Omit<AfterBack, 'kept'> & { ready: boolean }) | undefined;
	// Reading fails while one page replaces another.
	await expect(async () => {
		const { result } = await devtools.send('Runtime.evaluate', { expression: LOOK });
		seen = JSON.parse(String(result.value)) as typeof seen;
		expect(seen?.ready).toBe(true);
	}).toPass(LIMIT);
	if (!seen) throw new Error('the page could not be read');
	return seen;
}

let browser: Browser;
test.beforeAll(async () => void (browser = await browserThatKeepsPages()));
test.afterEach(async () => void (await Promise.all(browser.contexts().map((context) => context.close()))));
test.afterAll(() => browser.close());

const RECEIPT = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z*~$=]/;
/** `npm run test:all` runs twice, because these faults are rare, and all tests without scripts too. */
const ROUNDS = isFullRun ? [1, 2] : [1];

async function sendReport(page: Page): Promise<string> {
	await page.goto('/mamuju/saran');
	await fillReport(page, 'Kursi tunggu di ruang depan perlu ditambah.');
	await page.getByRole('button', { name: 'Kirim saran' }).click();
	return (await readReceipt(page)).receipt;
}

async function rate(page: Page, score: number): Promise<void> {
	await page.getByLabel('Tidak tahu atau tidak ada di daftar').check({ force: true });
	await page.locator(`[name=score][value="${score}"]`).check({ force: true });
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
}

async function signIn(page: Page, username: string): Promise<void> {
	await page.goto('/login');
	await fill(page, { username, password: account(username).password });
	await page.getByRole('button', { name: 'Masuk' }).click();
	await expect(page).toHaveURL(/\/(desk|insight|admin|me)/);
}

const signOut = async (page: Page) => {
	const button = page.getByRole('button', { name: 'Keluar', exact: true });
	await button.click();
	await expect(page).toHaveURL('/login?keluar');
};

test('tracking: Back from the report to a refused code shows the form again', async () => {
	const page = await browser.newPage();
	const { receipt } = await openCase({ kind: 'suggestion' });
	await page.goto('/lacak');
	await fill(page, { receipt: 'ABCD' });
	await page.getByRole('button', { name: 'Buka laporan' }).click();
	await expect(page.locator('#receipt-error')).toBeVisible();
	await fill(page, { receipt });
	await page.getByRole('button', { name: 'Buka laporan' }).click();
	await expect(page).toHaveURL('/lacak/laporan');
	const back = await pressBack(page);
	expect(back.url).toBe(`${running().origin}/lacak`);
	expect(back.typed).toEqual([]);
});

for (const scripts of [true, false]) {
	const how = scripts ? 'scripts on' : 'scripts off';

	// The other tests prove something only in a browser with a working back/forward cache.
	test(`Back shows a page without a secret from the cache (${how})`, async () => {
		const page = await browser.newPage({ javaScriptEnabled: scripts });
		await page.goto('/privasi');
		await page.goto('/mamuju/layanan');
		expect((await pressBack(page)).kept).toBe(true);
	});

	for (const round of ROUNDS) {
		test(
			`receipt: Back after "sudah saya catat" shows none (${how}, round ${round})`,
			{ tag: scripts ? CORE : [] },
			async () => {
				const page = await browser.newPage({ javaScriptEnabled: scripts });
				const receipt = await sendReport(page);
				expect(receipt).toMatch(RECEIPT);
				await page.getByRole('button', { name: 'Sudah saya catat' }).click();
				await expect(page.getByRole('heading', { name: 'Kode sudah Anda catat' })).toBeVisible();
				const back = await pressBack(page);
				expect(back.text).not.toContain(receipt);
				expect(back.text).toContain('Tidak ada kode untuk ditampilkan');
				if (!scripts) return;
				// Back once more: the form does not contain the text. Without scripts a browser fills it in again by itself.
				const further = await pressBack(page);
				expect(further.url).toBe(`${running().origin}/mamuju/saran`);
				expect(further.typed.join()).not.toContain('Kursi tunggu');
			}
		);

		test(`tracking: Back after leaving shows no report and no code (${how}, round ${round})`, async () => {
			const page = await browser.newPage({ javaScriptEnabled: scripts });
			const words = `Pintu masuk terlalu berat ${crypto.randomUUID()}`;
			const { receipt } = await openCase({ kind: 'suggestion', body: words });
			await track(page, receipt);
			await expect(page.getByText(words).first()).toBeAttached();
			await page.goto('/lacak/laporan/pesan');
			await page.goto('/lacak/laporan');
			await page.goto('/lacak/keluar');
			await page.getByRole('button').last().click();
			await expect(page).toHaveURL('/lacak?ditutup&kantor=mamuju');
			await expect(page.getByRole('status')).toContainText('Halaman laporan sudah ditutup di perangkat ini.');
			for (let step = 0; step < 5; step++) {
				const back = await pressBack(page);
				expect(back.text).not.toContain(words);
				expect(back.typed).toEqual([]);
			}
		});

		test(`start page: Back from the report shows no typed code (${how}, round ${round})`, async () => {
			const page = await browser.newPage({ javaScriptEnabled: scripts });
			const { receipt } = await openCase({ kind: 'suggestion' });
			await page.goto('/');
			await page.getByLabel('Kode di lembar QR').fill(receipt);
			await page.getByRole('button', { name: 'Buka' }).click();
			await expect(page).toHaveURL('/lacak/laporan');
			const back = await pressBack(page);
			expect(back.url).toBe(`${running().origin}/`);
			expect(back.typed).toEqual([]);
		});

		test(`desk: Back after signing out shows no case and no password link (${how}, round ${round})`, async () => {
			const page = await browser.newPage({ javaScriptEnabled: scripts });
			await signIn(page, 'penangan.mamuju');
			const [row] = await page.locator('a[data-row]').all();
			const address = (await row?.getAttribute('href')) ?? '';
			await page.goto(address);
			const reference = /SPATULA-\d{4}-\d\d-\d{6}/.exec(await page.locator('main').innerText())?.[0] ?? '-';
			await page.goto('/desk/approvals');
			await page.goto(address);
			await expect(page.locator('main')).toContainText(reference);
			await signOut(page);
			for (let step = 0; step < 4; step++) {
				const back = await pressBack(page);
				expect(back.text).not.toContain(reference);
				expect(back.url).toContain('/login');
				expect(back.typed).toEqual([]);
			}
		});
	}

	for (const round of scripts || isFullRun ? ROUNDS : []) {
		test(`rating: Back after sending shows no stars and no invitation (${how}, round ${round})`, async () => {
			const page = await browser.newPage({ javaScriptEnabled: scripts });
			await page.goto('/mamuju/nilai');
			await rate(page, 1);
			await expect(page.getByText('Mohon maaf atas pengalaman ini')).toBeVisible();
			expect(page.url()).toBe(`${running().origin}/mamuju/nilai/terima-kasih`);
			await page.getByRole('link', { name: 'Selesai' }).click();
			await expect(page).toHaveURL('/mamuju');
			expect((await pressBack(page)).text).not.toContain('Mohon maaf atas pengalaman ini');
			const form = await pressBack(page);
			expect(form.url).toBe(`${running().origin}/mamuju/nilai`);
			expect(form.typed.join()).not.toContain('score=');
		});
	}

	// All pages depend on the same response headers and script, so in a normal run those above stand for the others.
	if (!isFullRun) continue;

	test(`password link: Back after it was used shows no form (${how})`, async () => {
		const desk = await browser.newPage({ javaScriptEnabled: scripts });
		await signIn(desk, 'administrator.sulbar');
		const name = `contoh.${crypto.randomUUID().slice(0, 8)}`;
		await desk.goto('/admin/people/new');
		await fill(desk, { username: name, name: 'Petugas Contoh Baru' });
		await desk.locator('[name=unitId]').selectOption({ index: 1 });
		// A person whose password link the administrator is shown, because the role opens no case.
		await desk.locator('[name=roles][value=manager]').check({ force: true });
		await desk.locator('main form button').last().click();
		await expect(desk).toHaveURL(/\/admin\/people\/[0-9a-f-]{36}/);
		await desk.locator('form[action="?/link"] button').last().click({ force: true });
		const link = (await desk.locator('#link').innerText()).trim();
		expect(link).toContain('/sandi/');
		await signOut(desk);
		expect((await pressBack(desk)).text).not.toContain('/sandi/');

		const page = await browser.newPage({ javaScriptEnabled: scripts });
		await page.goto(link);
		await fill(page, { password: 'kata-sandi-contoh-panjang', again: 'kata-sandi-contoh-panjang' });
		await page.getByRole('button').last().click();
		await expect(page).toHaveURL(/\/login\?sandi/);
		const back = await pressBack(page);
		expect(back.text).not.toContain(name);
		expect(back.typed).toEqual([]);
	});

	test(`visit link: Back after rating shows no form (${how})`, async () => {
		const page = await browser.newPage({ javaScriptEnabled: scripts });
		const { body } = await api(running().origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
		await page.goto(String(body.rating_url));
		await rate(page, 2);
		await expect(page).toHaveURL(/terima-kasih$/);
		const back = await pressBack(page);
		expect(back.text).toContain('sudah dipakai');
		expect(back.typed).toEqual([]);
	});
}
