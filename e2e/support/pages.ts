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
import { SESSION_COOKIE } from '../../src/lib/server/web/cookies/session-cookie.ts';
import { account, running } from './journey.ts';

/**
 * `npm run test:all` checks every state of a page in the journeys, in both languages. A normal run checks the
 * main pages once (accessibility.e2e.ts).
 */
export const isFullRun = process.env.TEST_ALL !== undefined;

/** A screen in an office. Windows without a size have that of a phone. */
export const WIDE = { width: 1440, height: 900 };

/** In a full run: expects no accessibility faults in the present state of the page, which must have scripts on. */
export async function expectAccessible(page: Page): Promise<void> {
	if (isFullRun) await expectNoViolations(page);
}

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

export async function expectNoViolations(page: Page): Promise<void> {
	// Without axe's adapter for Playwright, which opens a second page per analysis and takes six times as long.
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
	const found = await page.evaluate(
		async (options) => {
			const { violations } = await (window as typeof window & { axe: typeof axe }).axe.run(document, options);
			return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
		},
		{ resultTypes: ['violations'], preload: false } satisfies axe.RunOptions
	);
	expect(found, `axe on ${page.url()}`).toEqual([]);
}

/** Pages whose tables are never cut off at any width. Other tables may scroll in a frame. */
const FIGURES = /^\/insight($|\/(officers|units|ratings|method))/;

/**
 * Expects that nothing is wider than the window and that no table of figures is cut off. Checks the present width, or
 * each of the given ones.
 */
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

/** Sets the size of text in the browser's settings, in pixels. Browsers begin with 16. */
export async function setTextSize(page: Page, standard: number): Promise<void> {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Page.setFontSizes', { fontSizes: { standard } });
	expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe(`${standard}px`);
}

/**
 * Opens a page and checks it in Indonesian, before that in English if both languages are checked. The page stays in
 * Indonesian.
 *
 * @param widths at which the page must fit, the narrowest first, because a page is loaded at that width and then
 *   widened
 */
export async function openAndCheck(page: Page, path: string, ...widths: number[]): Promise<void> {
	const joined = path.includes('?') ? '&' : '?';
	for (const lang of isFullRun ? ['en', 'id'] : ['id']) {
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

/** In a full run: checks pages that no step of the journey needs. */
export async function checkPagesInFullRun(page: Page, ...paths: string[]): Promise<void> {
	if (isFullRun) for (const path of paths) await openAndCheck(page, path);
}

/** Reloads a page until it shows the element. */
export async function openUntil(page: Page, path: string, shown: Locator, timeout = 60_000): Promise<void> {
	await expect(async () => {
		await page.goto(path);
		await expect(shown).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout });
}

/** Whether a request is for the desk's event stream. */
export const isEventStream = (address: string): boolean => new URL(address).pathname === '/desk/live';

/** Opens a page of the desk and waits until its own event stream is open, not that of the page before. */
export async function openWithStream(page: Page, path: string): Promise<Page> {
	await page.goto(path, { waitUntil: 'commit' });
	await page.waitForResponse((response) => isEventStream(response.url()));
	return page;
}

/** Clicks an element that starts a download. @returns the download */
export async function downloaded(page: Page, press: Locator): Promise<Download> {
	const download = page.waitForEvent('download');
	await press.click();
	return download;
}

/** A window in which an account of the demo is signed in. */
export const signedIn = (browser: Browser, username: string, options: BrowserContextOptions = {}): Promise<Page> =>
	signedInAt(browser, running().origin, account(username), options);

/** A window in which an account of another installation is signed in. */
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

/** A window with a session that exists already. */
export async function windowOfSession(browser: Browser, origin: string, session: string): Promise<Page> {
	const context = await browser.newContext({ baseURL: origin });
	await context.addCookies([{ name: SESSION_COOKIE, value: session, url: origin }]);
	return context.newPage();
}

/** A citizen's phone with scripts off. */
export const phoneWithoutScripts = (browser: Browser): Promise<Page> => browser.newPage({ javaScriptEnabled: false });

export async function fill(scope: Page | Locator, fields: Record<string, string>): Promise<void> {
	for (const [name, value] of Object.entries(fields)) await scope.locator(`[name="${name}"]`).fill(value);
}

/** Finds a field of a report's form, and shows the step that has it if the form shows one at a time. */
export async function shownField(page: Page, name: string): Promise<Locator> {
	const field = page.locator(`[name="${name}"]`);
	await field.first().evaluate((element) => {
		if (!(element as HTMLElement).offsetParent) location.replace(`#${element.id}`);
	});
	return field;
}

/** Shows the step of a report's form that has the button. */
export const showLastStep = (page: Page): Promise<void> =>
	page.evaluate(() => {
		const heading = [...document.querySelectorAll<HTMLElement>('.guided h2')].at(-1);
		if (heading && !heading.offsetParent) location.replace(`#${heading.id}`);
	});

/** Fills in the open form of a report, and whether its reporter is named. The button is shown then. */
export async function fillReport(
	page: Page,
	body: string,
	identity = 'none',
	more: Record<string, string> = {}
): Promise<void> {
	await (await shownField(page, 'body')).fill(body);
	const choices = await shownField(page, 'identity');
	await choices.and(page.locator(`[value=${identity}]`)).check({ force: true });
	for (const [name, value] of Object.entries(more)) {
		const field = await shownField(page, name);
		const isList = await field.evaluate((element) => element instanceof HTMLSelectElement);
		await (isList ? field.selectOption(value) : field.fill(value));
	}
	await showLastStep(page);
}

/** Reads the page after a report was sent. @returns its number and the code of its reporter */
export async function readReceipt(page: Page): Promise<{ reference: string; receipt: string }> {
	await expect(page).toHaveURL('/terima');
	const receipt = (await page.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await page.locator('#reference').innerText()).trim();
	return { reference, receipt };
}

/** Number of sheets of A4 on which a page is printed, or of the size that the page chooses. */
export async function printedPages(page: Page): Promise<number> {
	const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true, margin: { top: '1cm', bottom: '1cm' } });
	return pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
}

/** Opens a report by the code of its reporter. */
export async function track(page: Page, receipt: string): Promise<void> {
	await page.goto('/lacak');
	await page.locator('[name=receipt]').fill(receipt);
	await page.locator('form[method=POST] button').first().click();
	await expect(page).toHaveURL(/\/lacak\/laporan$/);
}

/** Sends a message to the office with the open form of a tracked report. */
export async function writeToOffice(page: Page, words: string): Promise<void> {
	await page.locator('[name=body]').fill(words);
	await page.locator('main form[method=POST] button').last().click();
	await expect(page).toHaveURL(/\/lacak\/laporan\?terkirim/);
}

/** Opens a case at the desk, or one of its verbs. */
export const openAtDesk = (page: Page, reference: string, verb = '') =>
	page.goto(`/desk/cases/${reference}${verb && `/${verb}`}`);

/** The form of the open verb. */
export const panel = (page: Page): Locator => page.locator('section[aria-labelledby=verb-title]');

/** Sends the form of the open verb. */
export const sendVerb = (page: Page): Promise<void> => panel(page).locator('button.primary').first().click();

/** Approves the draft whose decision page is open, in two steps. */
export async function approveDraft(page: Page): Promise<void> {
	await panel(page).locator('summary.button').click();
	await sendVerb(page);
}

/** Rates five stars with the link of a visit and a comment. */
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

/** The text of the e-mail to that address whose subject contains these words. */
export async function mailTo(browser: Browser, address: string, words: string): Promise<string> {
	const inbox = await browser.newPage();
	const row = inbox.locator('li', { hasText: address }).filter({ hasText: words }).first();
	await openUntil(inbox, `${running().sandboxUrl}/e-mail`, row);
	await row.getByRole('link').click();
	return inbox.locator('pre').innerText();
}
