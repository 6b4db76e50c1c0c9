import sharp from 'sharp';
import { officerNamed } from './support/cases.ts';
import { running } from './support/journey.ts';
import { fillReport, readReceipt, signedIn } from './support/pages.ts';
import { CORE, expect, test, type Browser, type Page } from './support/test.ts';

const DESK = 'MMJPTG';

/** Pages that are rendered once and then served to everybody with new values. */
const PATHS = [
	...[
		'/',
		'/privasi',
		'/privasi?kantor=mamuju',
		'/mamuju',
		'/mamuju/layanan',
		'/mamuju/nilai',
		'/mamuju/nilai?petugas=semua'
	],
	...['/mamuju/pengaduan', '/mamuju/permintaan', '/mamuju/saran', '/mamuju/tanpa-koneksi']
];

/** What browsers reported: violations of a page's security policy, and failed requests. */
let complaints: string[] = [];
test.afterEach(() => {
	expect(complaints).toEqual([]);
	complaints = [];
});

/** A window whose browser must report nothing. */
async function watchedPage(browser: Browser, options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
	const context = await browser.newContext({ baseURL: running().origin, serviceWorkers: 'allow', ...options });
	const page = await context.newPage();
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
	});
	return page;
}

const valuesOf = async (page: Page) => ({
	nonce: await page.locator('style[nonce]').evaluate((style: HTMLElement) => style.nonce),
	submissionId: await page.locator('[name=submission_id]').inputValue(),
	opened: await page.locator('[name=opened]').inputValue()
});

const tagOf = (html: string, property: string) =>
	new RegExp(`property="${property}" content="([^"]+)"`).exec(html)?.[1];

const PER_REQUEST = /nonce="[^"]+"|name="(?:submission_id|opened)" value="[^"]+"/g;

async function read(path: string, headers: Record<string, string> = {}) {
	const response = await fetch(running().origin + path, { headers });
	const text = await response.text();
	const policy = response.headers.get('content-security-policy') ?? '';
	const nonces = [...text.matchAll(/nonce="([^"]+)"/g)].map(([, nonce = '']) => nonce);
	expect(nonces.length).toBeGreaterThan(0);
	for (const nonce of nonces) expect(policy).toContain(`'nonce-${nonce}'`);
	return { text, constant: text.replace(PER_REQUEST, ''), values: text.match(PER_REQUEST) ?? [] };
}

test(
	'robots, icons and the card of an office are found, and private pages are kept out of search engines',
	{ tag: CORE },
	async () => {
		const { origin } = running();
		const get = (path: string) => fetch(origin + path, { redirect: 'manual' });
		const robots = await (await get('/robots.txt')).text();
		const refused = [...robots.matchAll(/^Disallow: (\S+)$/gm)].map(([, path = '']) => path);
		const isRefused = (path: string) =>
			refused.some((one) => (one.endsWith('$') ? path === one.slice(0, -1) : path.startsWith(one)));
		for (const path of [
			'/terima',
			'/lacak/laporan',
			'/nilai/abc',
			'/q/MMJPTG',
			'/desk',
			'/desk/cases',
			'/me',
			'/surel/a'
		])
			expect(isRefused(path), path).toBe(true);
		for (const path of ['/', '/mamuju', '/mamuju/nilai', '/privasi', '/medan', '/desk-lama'])
			expect(isRefused(path), path).toBe(false);
		for (const path of ['/lacak', '/terima', '/login'])
			expect((await get(path)).headers.get('x-robots-tag'), path).toBe('noindex');

		const html = await (await get('/mamuju')).text();
		expect((await get('/mamuju')).headers.get('x-robots-tag')).toBeNull();
		const manifest = await (await get(/rel="manifest" href="([^"]+)"/.exec(html)?.[1] ?? '')).json();
		expect(manifest).toMatchObject({ name: 'BPS Kabupaten Mamuju', short_name: 'BPS Mamuju', start_url: '/mamuju' });
		expect(manifest).toMatchObject({ id: '/mamuju', scope: '/', display: 'standalone', theme_color: '#0b5cad' });
		for (const { src, sizes } of manifest.icons as { src: string; sizes: string }[]) {
			const { width, height } = await sharp(await (await get(src)).arrayBuffer()).metadata();
			expect(`${width}x${height}`, src).toBe(sizes);
		}
		const { href: inEnglish } = new URL('/mamuju/manifest.webmanifest?lang=en', origin);
		expect(await (await fetch(inEnglish)).json()).toMatchObject({ lang: 'en' });
		const cookies = async (path: string) => (await get(path)).headers.get('set-cookie');
		// Without TLS a browser drops a cookie that requires it.
		expect(await cookies('/mamuju?lang=en')).toMatch(/^lang=en(?!.*; Secure)/);
		for (const path of ['manifest.webmanifest', 'tanpa-koneksi'])
			expect(await cookies(`/mamuju/${path}?lang=en`)).toBeNull();
		for (const [path, type] of [
			['/favicon.ico', 'image/x-icon'],
			['/apple-touch-icon.png', 'image/png']
		] as const)
			expect((await get(path)).headers.get('content-type'), path).toBe(type);
		expect(html).toMatch(/name="description" content="[^"]*BPS Kabupaten Mamuju/);
		expect(tagOf(html, 'og:title')).toBe('BPS Kabupaten Mamuju');
		expect(tagOf(html, 'og:locale')).toBe('id_ID');
		const card = tagOf(html, 'og:image') ?? '';
		expect(card).toMatch(new RegExp(`^${origin}/berkas/kartu/mamuju/id-`));
		const english = tagOf(await (await fetch(`${origin}/mamuju/nilai?lang=en`)).text(), 'og:image');
		expect(english).toMatch(new RegExp(`^${origin}/berkas/kartu/mamuju/en-`));
		const picture = await fetch(card);
		expect(picture.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
		const bytes = await picture.arrayBuffer();
		const { format, width, height } = await sharp(bytes).metadata();
		expect([format, width, height]).toEqual(['png', 1200, 630]);
		expect(bytes.byteLength).toBeLessThan(300_000);
		// An address in an older preview gets the present card, which caches may keep for a short time only.
		const former = await get('/berkas/kartu/mamuju/id-0000');
		expect([former.status, former.headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
		expect((await get('/berkas/kartu/mamuju/xx')).status).toBe(404);
		for (const path of ['/lacak', '/terima', '/mamuju/nilai/terima-kasih', '/login'])
			expect(await (await get(path)).text(), path).not.toMatch(/og:|rel="manifest"|name="description"/);
	}
);

for (const lang of ['id', 'en']) {
	test(
		`each shared page is the one that is rendered for a single request, apart from its values (${lang})`,
		{ tag: CORE },
		async () => {
			for (const path of PATHS) {
				// With an unknown cookie the page is always rendered.
				const own = await read(path, { cookie: `lang=${lang}; lain=1` });
				const shared = await read(path, { cookie: `lang=${lang}` });
				const again = await read(path, { cookie: `lang=${lang}`, 'accept-encoding': 'identity' });
				expect(shared.constant, path).toBe(own.constant);
				expect(again.constant, path).toBe(own.constant);
				expect(own.constant).toContain(`<html lang="${lang}"`);
				const all = [own, shared, again].flatMap(({ values }) => [...new Set(values)]);
				expect(new Set(all).size, path).toBe(all.length);
			}
		}
	);
}

test(
	'two browsers get the same rating page with their own values, and styles and scripts run',
	{ tag: CORE },
	async ({ browser }) => {
		const [one, other] = [await watchedPage(browser), await watchedPage(browser, { javaScriptEnabled: false })];
		const seen = [];
		for (const page of [one, other, one]) {
			await page.goto('/mamuju/nilai');
			seen.push(await valuesOf(page));
			await expect(page.locator('header').first()).toHaveCSS('border-top-width', '4px');
		}
		for (const name of ['nonce', 'submissionId', 'opened'] as const) {
			expect(new Set(seen.map((values) => values[name])).size, name).toBe(3);
		}
		await other.goto('/mamuju/pengaduan');
		const script = one.waitForResponse(/form\.client/);
		await one.goto('/mamuju/pengaduan');
		expect((await script).status()).toBe(200);
		await other.goto('/mamuju');
		await expect(other.locator('header').first()).toHaveCSS('border-top-width', '4px');
	}
);

test('the place of one browser is not shown in another', { tag: CORE }, async ({ browser }) => {
	const [visitor, stranger] = [await watchedPage(browser), await watchedPage(browser)];
	const atDesk = async (page: Page) => {
		await page.goto('/mamuju/nilai');
		return page.getByText('Anda dilayani oleh').count();
	};
	expect(await atDesk(stranger)).toBe(0);
	await visitor.goto(`/q/${DESK}`);
	expect([await atDesk(visitor), await atDesk(stranger), await atDesk(visitor)]).toEqual([1, 0, 1]);
	await visitor.goto('/mamuju/pengaduan');
	await expect(visitor.locator('[name=place]')).toHaveCount(1);
	await stranger.goto('/mamuju/pengaduan');
	await expect(stranger.locator('[name=place]')).toHaveCount(0);
});

test(
	'a stored receipt and a prefilled officer are shown in the browser that has them and in no other',
	{ tag: CORE },
	async ({ browser }) => {
		const [sender, stranger] = [await watchedPage(browser), await watchedPage(browser)];
		await stranger.goto('/mamuju/pengaduan');
		await sender.goto('/mamuju/pengaduan');
		await fillReport(sender, 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.');
		await sender.getByRole('button', { name: 'Kirim pengaduan' }).click();
		await readReceipt(sender);
		const officer = await officerNamed('Petugas Contoh 3');
		await sender.goto(`/q/${DESK}?petugas=${officer}`);
		for (const page of [sender, stranger]) {
			const isSender = page === sender;
			await page.goto('/mamuju/pengaduan');
			await expect(page.locator('form[action^="?hapus"]')).toHaveCount(isSender ? 1 : 0);
			await expect(page.locator('[name=officer]')).toHaveValue(isSender ? officer : '');
		}
		// The officer is prefilled once, and the page with it was not stored.
		await stranger.reload();
		await expect(stranger.locator('[name=officer]')).toHaveValue('');
	}
);

test('a new name of an officer and a withdrawn place show at once', async ({ browser }) => {
	const citizen = await watchedPage(browser);
	const admin = await signedIn(browser, 'administrator.mamuju');
	const suffix = Date.now().toString(36);
	const save = async (name: string) => {
		const stored = admin.waitForResponse((response) => response.request().method() === 'POST');
		await admin.getByRole('button', { name, exact: true }).first().click();
		expect((await stored).status()).toBeLessThan(400);
		await admin.waitForURL(/saved/);
	};
	await admin.goto('/admin/officers/new');
	await admin.locator('[name=name]').fill(`Petugas ${suffix}`);
	await save('Tambah petugas');
	const officerPage = admin.url().replace(/\?.*/, '');
	await citizen.goto('/mamuju/nilai');
	await expect(citizen.getByText(`Petugas ${suffix}`)).toHaveCount(1);
	await admin.locator('[name=name]').fill(`Bernama ${suffix}`);
	await save('Simpan');
	await citizen.reload();
	await expect(citizen.getByText(`Petugas ${suffix}`)).toHaveCount(0);
	await expect(citizen.getByText(`Bernama ${suffix}`)).toHaveCount(1);

	await admin.goto('/admin/places/new');
	await admin.locator('[name=name]').fill(`Meja ${suffix}`);
	await admin.locator('[name=kind]').selectOption('desk');
	await admin.locator('[name=officerId]').selectOption({ label: `Bernama ${suffix}` });
	await save('Tambah lokasi QR');
	const code = ((await admin.locator('#code').textContent()) ?? '').replace(/\W/g, '');
	await citizen.goto(`/q/${code}`);
	await expect(citizen.getByText(`Meja ${suffix}`)).toHaveCount(1);
	await admin.getByText('Tarik dari pemakaian…').click();
	await save('Tarik kode');
	await citizen.reload();
	await expect(citizen).toHaveURL('/mamuju/nilai');
	await expect(citizen.getByText(`Meja ${suffix}`)).toHaveCount(0);
	expect((await citizen.request.get(`/q/${code}`)).status()).toBe(410);

	await admin.goto(officerPage);
	await admin.locator('[name=active]').uncheck({ force: true });
	await save('Simpan');
	await citizen.goto('/mamuju/nilai');
	await expect(citizen.getByText(`Bernama ${suffix}`)).toHaveCount(0);
});
