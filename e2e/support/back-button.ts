import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';

/** A browser that keeps pages for the Back button, as everybody's does; Playwright switches that off. */
export const browserThatKeepsPages = (): Promise<Browser> =>
	chromium.launch({
		executablePath: process.env.CHROMIUM_PATH || undefined,
		ignoreDefaultArgs: ['--disable-back-forward-cache'],
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
	});

/** What stands on the page after Back. Playwright knows nothing of a page that comes back as it was: DevTools are asked. */
export interface AfterBack {
	/** Whether the browser showed a page that it had kept, without asking the site. */
	kept: boolean;
	url: string;
	text: string;
	/** What the fields of its forms hold, chosen and typed. */
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

/** Presses Back and looks once the page stands. */
export async function pressBack(page: Page): Promise<AfterBack> {
	const devtools = await page.context().newCDPSession(page);
	const { currentIndex, entries } = await devtools.send('Page.getNavigationHistory');
	const before = entries[currentIndex - 1];
	if (!before) throw new Error('there is nothing to go back to');
	let asked = false;
	page.on('request', (request) => (asked ||= request.isNavigationRequest()));
	await devtools.send('Page.navigateToHistoryEntry', { entryId: before.id });
	// Long enough to paint a kept page, and for one that reloads itself to ask the site.
	await new Promise((done) => setTimeout(done, 1500));
	const look = async (): Promise<AfterBack & { ready: boolean }> => {
		const { result } = await devtools
			.send('Runtime.evaluate', { expression: LOOK })
			.catch(() => ({ result: undefined }));
		const seen = JSON.parse(String(result?.value ?? '{"ready":false}')) as AfterBack & { ready: boolean };
		if (seen.ready) return seen;
		await new Promise((done) => setTimeout(done, 250));
		return look();
	};
	const { url, text, typed } = await look();
	await devtools.detach();
	return { kept: !asked, url, text, typed };
}

export const openContext = (browser: Browser, scripts: boolean): Promise<BrowserContext> =>
	browser.newContext({ javaScriptEnabled: scripts, locale: 'id-ID', viewport: { width: 360, height: 780 } });
