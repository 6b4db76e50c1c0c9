import {
	chromium,
	type Browser,
	type BrowserContext,
	type CDPSession,
	type Page,
	type Request
} from '@playwright/test';

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

/** For how long a page that is there may still fill in something by its scripts. */
const SETTLE_MS = 250;

/** Presses Back and looks once the page stands: a kept one, the one it reloads itself to, or one asked from the site. */
export async function pressBack(page: Page): Promise<AfterBack> {
	const devtools = await page.context().newCDPSession(page);
	await devtools.send('Page.enable');
	// A page that is left before it has loaded may not yet have made the browser drop the pages it kept.
	await look(devtools);
	const { currentIndex, entries } = await devtools.send('Page.getNavigationHistory');
	const before = entries[currentIndex - 1];
	if (!before) throw new Error('there is nothing to go back to');
	let asked = false;
	const onRequest = (request: Request) => (asked ||= request.isNavigationRequest());
	page.on('request', onRequest);
	let reloads = false;
	devtools.on('Page.frameRequestedNavigation', () => (reloads = true));
	const shown = nextPage(devtools);
	await devtools.send('Page.navigateToHistoryEntry', { entryId: before.id });
	if ((await shown) === 'BackForwardCacheRestore') {
		const reloaded = nextPage(devtools);
		await look(devtools);
		// A kept page asks for itself again as it is shown, which is before it tells anything here.
		if (reloads) await reloaded;
	}
	await look(devtools);
	await new Promise((done) => setTimeout(done, SETTLE_MS));
	const { url, text, typed } = await look(devtools);
	page.off('request', onRequest);
	await devtools.detach();
	return { kept: !asked, url, text, typed };
}

/** How the browser came to the next page that it shows. */
const nextPage = (devtools: CDPSession) =>
	new Promise<string>((done) => {
		devtools.on('Page.frameNavigated', ({ frame, type }) => {
			if (!frame.parentId) done(type);
		});
	});

/** Looks at the page once it has loaded. */
async function look(devtools: CDPSession): Promise<Omit<AfterBack, 'kept'>> {
	for (;;) {
		const { result } = await devtools
			.send('Runtime.evaluate', { expression: LOOK })
			.catch(() => ({ result: undefined }));
		const seen = JSON.parse(String(result?.value ?? '{"ready":false}')) as AfterBack & { ready: boolean };
		if (seen.ready) return seen;
		await new Promise((done) => setTimeout(done, 50));
	}
}

export const openContext = (browser: Browser, scripts: boolean): Promise<BrowserContext> =>
	browser.newContext({ javaScriptEnabled: scripts, locale: 'id-ID', viewport: { width: 360, height: 780 } });
