import { readFileSync } from 'node:fs';
import {
	expect,
	type Browser,
	type BrowserContextOptions,
	type Download,
	type Locator,
	type Page
} from '@playwright/test';
import type axe from 'axe-core';
import { signIn } from '../../scripts/site/client.ts';
import { account, running } from './journey.ts';

/**
 * `npm run test:all` checks every state of a page on the way, in both languages. The gate checks each route once for each
 * language and colour scheme (accessibility.e2e.ts).
 */
export const everywhere = process.env.TEST_ALL !== undefined;

/** A screen of an office; windows that are given no other size are a phone's. */
export const WIDE = { width: 1440, height: 900 };

/** Expects no accessibility fault in what the page shows now; it needs a page whose scripts run. */
export async function expectAccessible(page: Page): Promise<void> {
	if (everywhere) await expectNoViolations(page);
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/** @param options of axe, where not all of its rules are wanted */
export async function expectNoViolations(page: Page, options: axe.RunOptions = {}): Promise<void> {
	// Axe's own adapter for Playwright opens a second page for each analysis, which takes six times as long.
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	const found = await page.evaluate(
		async (options) => {
			const { violations } = await (window as typeof window & { axe: typeof axe }).axe.run(document, options);
			return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
		},
		{ resultTypes: ['violations'], preload: false, ...options } satisfies axe.RunOptions
	);
	expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Pages whose tables are whole at every width; other tables may scroll in a frame of their own. */
const FIGURES = /^\/insight($|\/(officers|units|ratings|method))/;

/** Expects that nothing is wider than its window and no table of figures is cut off, as the page is or at each of these widths. */
export async function expectFits(page: Page, ...widths: number[]): Promise<void> {
	for (const width of widths.length > 0 ? widths : [undefined]) {
		if (width) await page.setViewportSize({ width, height: 900 });
		const { over, cut } = await page.evaluate(() => {
			const tables = [...document.querySelectorAll('[role=region]:has(> table[role=table])')];
			const { scrollWidth, clientWidth } = document.documentElement;
			return { over: scrollWidth - clientWidth, cut: tables.filter((one) => one.scrollWidth > one.clientWidth).length };
		});
		const isOfFigures = FIGURES.test(new URL(page.url()).pathname);
		const at = `${page.url()}${width ? ` at ${width}` : ''}`;
		expect({ over, cut: isOfFigures ? cut : 0 }, at).toEqual({ over: 0, cut: 0 });
	}
}

/**
 * Opens a page and checks it, in English first where both languages are checked; it stays in Indonesian.
 *
 * @param widths at which it must fit its window, the narrowest first: a page is loaded at that width and then widened
 */
export async function visit(page: Page, path: string, ...widths: number[]): Promise<void> {
	const joined = path.includes('?') ? '&' : '?';
	for (const lang of everywhere ? ['en', 'id'] : ['id']) {
		if (widths[0]) await page.setViewportSize({ width: widths[0], height: 900 });
		await page.goto(`${path}${joined}lang=${lang}`);
		await expect(page.locator('html')).toHaveAttribute('lang', lang);
		if (widths.length === 0) await expectAccessible(page);
		for (const width of widths) {
			await expectFits(page, width);
			await expectAccessible(page);
		}
	}
}

/** Looks at pages that no step of the journey needs, where every state of a page is checked. */
export async function lookAt(page: Page, ...paths: string[]): Promise<void> {
	if (everywhere) for (const path of paths) await visit(page, path);
}

/** Opens a page again and again until it shows that. */
export async function openUntil(page: Page, path: string, shown: Locator, timeout = 60_000): Promise<void> {
	await expect(async () => {
		await page.goto(path);
		await expect(shown).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout });
}

/** Whether a request is the line by which a page of the desk hears of changes. */
export const isLine = (address: string): boolean => new URL(address).pathname === '/desk/live';

/** Goes to a page of the desk and waits until its own line stands, not the one of the page before. */
export async function listenAt(page: Page, path: string): Promise<Page> {
	await page.goto(path, { waitUntil: 'commit' });
	await page.waitForResponse((answer) => isLine(answer.url()));
	return page;
}

/** Presses what gives a file. */
export async function downloaded(page: Page, press: Locator): Promise<Download> {
	const coming = page.waitForEvent('download');
	await press.click();
	return coming;
}

/** A window in which somebody of the demo is signed in. */
export const signedIn = (browser: Browser, username: string, options: BrowserContextOptions = {}): Promise<Page> =>
	signedInAt(browser, running().origin, account(username), options);

/** A window in which somebody is signed in at an installation of the journey's own. */
export async function signedInAt(
	browser: Browser,
	origin: string,
	{ username, password }: { username: string; password: string },
	options: BrowserContextOptions = {}
): Promise<Page> {
	const context = await browser.newContext({ baseURL: origin, ...options });
	const [name = '', value = ''] = (await signIn(origin, username, password)).split('=');
	await context.addCookies([{ name, value, url: origin }]);
	return context.newPage();
}

/** A citizen's phone with scripts off. */
export const phoneWithoutScripts = (browser: Browser): Promise<Page> => browser.newPage({ javaScriptEnabled: false });

/** Writes into the fields of these names. */
export async function fill(scope: Page | Locator, fields: Record<string, string>): Promise<void> {
	for (const [name, value] of Object.entries(fields)) await scope.locator(`[name="${name}"]`).fill(value);
}

/** Writes a report into the form that is open, and whether its reporter is named. */
export async function fillReport(page: Page, body: string, identity = 'none'): Promise<void> {
	await page.locator('[name=body]').fill(body);
	await page.locator(`[name=identity][value=${identity}]`).check({ force: true });
}

/** What stands on the page after a report was sent: its number and the code of its reporter. */
export async function readReceipt(page: Page): Promise<{ reference: string; receipt: string }> {
	await expect(page).toHaveURL('/terima');
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await page.locator('#reference').innerText()).trim();
	return { reference, receipt };
}

/** Opens a report by the code of its reporter. */
export async function track(page: Page, receipt: string): Promise<void> {
	await page.goto('/lacak');
	await page.locator('[name=receipt]').fill(receipt);
	await page.locator('form[method=POST] button').first().click();
	await expect(page).toHaveURL(/\/lacak\/laporan$/);
}

/** Opens a case at the desk, or one of its verbs. */
export const openAtDesk = (page: Page, reference: string, verb = '') =>
	page.goto(`/desk/cases/${reference}${verb && `/${verb}`}`);

/** The form of the verb that is open. */
export const panel = (page: Page): Locator => page.locator('section[aria-labelledby=verb-title]');

/** Sends the form of the verb that is open. */
export const sendVerb = (page: Page): Promise<void> => panel(page).locator('button.primary').first().click();

/** Rates five stars by the link of a visit, with words of its own. */
export async function rateByLink(browser: Browser, address: string, words: string): Promise<Page> {
	const phone = await browser.newPage();
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
