import { addressOf, PERSONS, ROUTES } from './support/access-table.ts';
import { running } from './support/journey.ts';
import {
	isFullRun,
	expectFits,
	expectNoViolations,
	fillReport,
	readReceipt,
	setTextSize,
	signedIn,
	track
} from './support/pages.ts';
import { photoFile } from './support/photo.ts';
import { routesOf } from './support/routes.ts';
import { CORE, expect, test, type Browser, type Locator, type Page } from './support/test.ts';
import { testRecords } from './support/test-records.ts';

/** Expects that a column is wide enough for eight letters. */
async function expectReadable(column: Locator): Promise<void> {
	const em = await column.evaluate((found) => found.clientWidth / parseFloat(getComputedStyle(found).fontSize));
	expect(em).toBeGreaterThan(8 * 0.5);
}

/** Expects that the element, which has the focus, has a ring that no frame cuts off. */
async function expectWholeRing(element: Locator): Promise<void> {
	await expect(element).toBeFocused();
	const room = await element.evaluate((found) => {
		const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(found);
		if (outlineStyle === 'none') return -Infinity;
		const ring = found.getBoundingClientRect();
		const beyond = parseFloat(outlineWidth) + parseFloat(outlineOffset);
		let least = Infinity;
		for (let frame = found.parentElement; frame; frame = frame.parentElement) {
			if (getComputedStyle(frame).overflow === 'visible') continue;
			const box = frame.getBoundingClientRect();
			const sides = [ring.left - box.left, ring.top - box.top, box.right - ring.right, box.bottom - ring.bottom];
			least = Math.min(least, ...sides.map((side) => side - beyond));
		}
		return least;
	});
	expect(room).toBeGreaterThanOrEqual(0);
}

/** Pages with an address that can be opened. Pages that need a secret are checked by the journeys that have it. */
const pages = routesOf('src/routes').filter(({ route, isPage }) => isPage && ROUTES[route]?.may.length);
/** The pages that most people see, checked by `npm test`: a citizen's way, and what staff have open all day. */
const OF_CORE = [...['', '[unit]', '[unit]/nilai', '[unit]/pengaduan'], ...['desk', 'desk/cases/[reference]']];
/** Pages per test. All in one test would take longer than all other journeys of a worker. */
const PAGES_PER_TEST = 6;

/** The narrowest first, because a page is loaded at that width and then widened. */
const WIDTHS = [360, 1024, 1440];
/** Citizens also have narrower phones. */
const widthsFor = (username: string) => (username ? WIDTHS : [320, ...WIDTHS]);

/** Pages that look different with a query or for another record. */
const VARIANTS: [username: string, path: string][] = [
	['', '/mamuju/nilai?petugas=semua'],
	['', '/mamuju/tidak-ada'],
	['', '/q/ZZZZZZ'],
	['penangan.mamuju', '/desk/unrecorded?view=choice'],
	['penangan.mamuju', '/desk/bulk?verb=assignment&pick={reference}:1'],
	['pimpinan.sulbar', '/insight/officers?unit=sulbar&scope=tree'],
	['pimpinan.sulbar', '/insight/units?unit=sulbar'],
	['pimpinan.sulbar', '/insight/skm?unit=sulbar&scope=tree'],
	['pimpinan.sulbar', '/insight/ratings?unit=mamuju&source=place'],
	['administrator.sulbar', '/admin/log?area=access'],
	['administrator.sulbar', '/admin/calendar/2031'],
	['administrator.sulbar', '/admin/deadlines/solution.any.plain.any'],
	['administrator.sulbar', '/admin/mail/texts?kind=question&language=en&unit=7606'],
	['administrator.sulbar', '/admin/lapor/7604']
];

test.describe.configure({ mode: 'parallel' });

type WindowOf = (username: string, bare?: boolean) => Promise<Page>;

/**
 * One window per account; without a name one that is not signed in. `bare` windows load no scripts of the site, whose
 * start takes longer than the page. (In a window with scripts off, axe would not run either.)
 */
function windowsIn(browser: Browser): WindowOf {
	const open = new Map<string, Promise<Page>>();
	const opened = async (username: string, bare: boolean) => {
		const page = await (username ? signedIn(browser, username) : browser.newPage());
		if (bare) {
			const protocol = await page.context().newCDPSession(page);
			await protocol.send('Network.enable');
			await protocol.send('Network.setBlockedURLs', { urls: ['*/_app/*.js'] });
		}
		return page;
	};
	return (username, bare = false) => {
		const key = `${username} ${bare}`;
		const page = open.get(key) ?? opened(username, bare);
		open.set(key, page);
		return page;
	};
}

async function inLanguage(page: Page, path: string, lang: string, width = 360): Promise<void> {
	await page.setViewportSize({ width, height: 900 });
	await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
	await expect(page.locator('html'), path).toHaveAttribute('lang', lang);
}

/**
 * `npm run test:all`: each language in each scheme, by all rules, with the site's scripts. Citizens' pages also with
 * letters twice as large.
 */
async function checkFully(windowOf: WindowOf, username: string, path: string): Promise<void> {
	const page = await windowOf(username);
	const widths = widthsFor(username);
	for (const lang of ['en', 'id']) {
		for (const colorScheme of ['dark', 'light'] as const) {
			await inScheme(page, colorScheme);
			await inLanguage(page, path, lang, widths[0]);
			await expectNoViolations(page);
		}
		await expectFits(page, ...widths);
		if (username) continue;
		await setTextSize(page, 32);
		await expectFits(page, 320);
		await expectNoViolations(page);
		await expectFits(page, 360);
		await setTextSize(page, 16);
	}
}

// No transitions, so that no colour is checked while it changes from one scheme to the other.
const inScheme = (page: Page, colorScheme: 'dark' | 'light') =>
	page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });

/**
 * Checks a page in Indonesian and the light scheme, by all rules and at every width. Pages of staff are checked as the
 * server sends them, without what scripts change.
 */
async function checkPage(windowOf: WindowOf, username: string, path: string): Promise<void> {
	if (isFullRun) return checkFully(windowOf, username, path);
	const page = await windowOf(username, username !== '');
	const widths = widthsFor(username);
	await inScheme(page, 'light');
	await inLanguage(page, path, 'id', widths[0]);
	await expectNoViolations(page);
	await expectFits(page, ...widths);
}

for (const tag of [[CORE], []]) {
	const checked = pages.filter(({ route }) => OF_CORE.includes(route) === tag.length > 0);
	for (let first = 0; first < checked.length; first += PAGES_PER_TEST) {
		const routes = checked.slice(first, first + PAGES_PER_TEST).map(({ route }) => route);
		test(
			`pages from /${routes[0]} on have no accessibility faults and fit their window`,
			{ tag },
			async ({ browser }) => {
				const known = await testRecords();
				const windowOf = windowsIn(browser);
				for (const route of routes) {
					const { may } = ROUTES[route] ?? { may: [] };
					const username = may.map((person) => PERSONS[person]).find((name) => name !== null);
					const who = may.includes('stranger') ? '' : (username ?? '');
					await checkPage(windowOf, who, addressOf(route, known));
				}
			}
		);
	}
}

test(
	'the later steps of a complaint have no accessibility faults, and fit like the report with letters twice as large',
	{ tag: CORE },
	async ({ page }) => {
		await inLanguage(page, '/mamuju/pengaduan', 'id');
		await page.setInputFiles('[name=file]', await photoFile('kursi-ruang-tunggu.jpg'));
		for (const standard of [16, 32]) {
			await setTextSize(page, standard);
			for (const step of [2, 3, 4]) {
				await page.evaluate((step) => location.replace(`#bagian-${step}`), step);
				await expect(page.getByRole('heading', { name: `Langkah ${step} dari 4` })).toBeVisible();
				await expectFits(page, 320, 360);
				if (step === 2) await expectReadable(page.locator('.chosen .grow'));
				if (step === 3) {
					await page.locator('[name=identity]').first().focus();
					await page.keyboard.press('Tab');
					await expectWholeRing(page.locator('.options summary').first());
				}
				if (standard > 16) continue;
				for (const colorScheme of ['dark', 'light'] as const) {
					await inScheme(page, colorScheme);
					await expectNoViolations(page);
				}
			}
		}
		await fillReport(page, 'Huruf pada papan informasi di ruang layanan terlalu kecil untuk dibaca.');
		await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
		const { receipt } = await readReceipt(page);
		await expectFits(page, 320, 360);
		await track(page, receipt);
		await expectFits(page, 320, 360);
		await expectReadable(page.locator('main a[href^="/berkas/"] .grow'));
		expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('32px');
	}
);

test('pages of a tracked report have no accessibility faults and fit their window', async ({ page }) => {
	await track(page, running().reports.find(({ name }) => name === 'answered')?.receipt ?? '');
	for (const part of ['', '/pesan', '/penilaian', '/sanggahan', '/data', '/salinan']) {
		const path = `/lacak/laporan${part}`;
		await checkPage(() => Promise.resolve(page), '', path);
		expect(new URL(page.url()).pathname).toBe(path);
	}
});

test('variants of pages fit their windows', async ({ browser }) => {
	const { reference = '' } = await testRecords();
	const windowOf = windowsIn(browser);
	const manager = await windowOf('pimpinan.mamuju');
	await manager.goto('/insight/officers?unit=mamuju');
	const officer = (await manager.locator('tbody a[href^="/insight/officers/"]').first().getAttribute('href')) ?? '';
	for (const [username, path] of [...VARIANTS, ['pimpinan.mamuju', officer] as const]) {
		const page = await windowOf(username);
		const address = path.replace('{reference}', reference);
		const widths = widthsFor(username);
		if (isFullRun) await checkFully(windowOf, username, address);
		else await inLanguage(page, address, 'id', widths[0]);
		await expectFits(page, ...widths);
	}
});
