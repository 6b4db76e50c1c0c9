import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { startDemo } from './demo-site.ts';
import { median, ms } from './print-results.ts';
import { findBrowser } from './find-browser.ts';
import { runUntilSignal, ownFolder, withUndoUntil, type Undo } from './run-until-signal.ts';
import { cookiesOf, submit } from './site/client.ts';

const USAGE = `npm run bench:citizen -- [options]
  --rounds N     visits of each page, each with an empty cache (5)
  --seconds N    the whole run takes no longer (600)
Prints medians of citizens' pages in Chromium on a slow phone and line. Ends with code 1 where something moves after it was
shown, a request delays the first paint, or a page is ready too late: the office page and the rating form after 1.5 s, other
pages after 2 s.`;

/** A cheap phone on a slow mobile line. */
const CPU_SLOWDOWN = 4;
const LINE = { offline: false, latency: 400, downloadThroughput: 400_000 / 8, uploadThroughput: 400_000 / 8 };
const VIEWPORT = { width: 360, height: 780 };
/** The code of a desk of the demo. */
const DESK = 'MMJPTG';
/** How long a page is watched after it was loaded, because late content moves what was shown before. */
const WATCH_MS = 1500;

interface Visit {
	firstPaint: number;
	/** The page is shown and complete, and no task keeps the browser from responding to a tap. */
	ready: number;
	shift: number;
	requests: number;
	bytes: number;
	/** Addresses of requests that delayed the first paint. */
	blocking: string[];
}

/** Collects in the page what the browser reports about it. */
function observe(): void {
	const seen = { shift: 0, busyUntil: 0 };
	(window as unknown as { seen: typeof seen }).seen = seen;
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value;
	}).observe({ type: 'layout-shift', buffered: true });
	new PerformanceObserver((list) => {
		for (const { startTime, duration } of list.getEntries()) seen.busyUntil = startTime + duration;
	}).observe({ type: 'longtask', buffered: true });
}

/** Reads what `observe` collected, and the browser's own timing. */
function measured(): Visit {
	const { seen } = window as unknown as { seen: { shift: number; busyUntil: number } };
	const firstPaint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity;
	const [page] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
	const loaded = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
	return {
		firstPaint,
		ready: Math.max(firstPaint, page?.domInteractive ?? Infinity, seen.busyUntil),
		shift: seen.shift,
		requests: 1 + loaded.length,
		bytes: loaded.reduce((sum, { transferSize }) => sum + transferSize, page?.transferSize ?? 0),
		blocking: loaded.flatMap((one) =>
			(one as PerformanceResourceTiming & { renderBlockingStatus?: string }).renderBlockingStatus === 'blocking'
				? one.name
				: []
		)
	};
}

async function visit(browser: Browser, address: string, cookie: string): Promise<Visit> {
	const context = await browser.newContext({ viewport: VIEWPORT, extraHTTPHeaders: cookie ? { cookie } : {} });
	try {
		const page = await context.newPage();
		const devtools = await context.newCDPSession(page);
		await devtools.send('Network.enable');
		await devtools.send('Network.emulateNetworkConditions', LINE);
		await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
		await page.addInitScript(observe);
		const response = await page.goto(address);
		if (response?.status() !== 200 || response.url() !== address)
			throw new Error(`${address}: ${response?.status()} ${response?.url()}`);
		await page.waitForTimeout(WATCH_MS);
		return await page.evaluate(measured);
	} finally {
		await context.close();
	}
}

/**
 * Starts a demo with a browser.
 * @returns the pages to measure: name, path, cookie, and the time within which a tap must work, in milliseconds
 */
async function prepare(undo: Undo) {
	const site = await startDemo({ port: 0, sandboxPort: 0, dataDir: join(ownFolder(undo), 'demo'), quiet: true });
	undo.push(site.stop);
	const { path, shell } = await findBrowser();
	const browser = await chromium.launch({ executablePath: shell ?? path, args: ['--no-sandbox'] });
	undo.push(() => browser.close());
	const receipt = site.reports.find(({ name }) => name === 'answered')?.receipt ?? '';
	const tracking = cookiesOf(await submit(site.origin, '/lacak', { receipt }));
	// With this cookie the page shows the officer on duty at the desk.
	const scanned = cookiesOf(await fetch(`${site.origin}/q/${DESK}`, { redirect: 'manual' }));
	const pages = [
		['office page', '/mamuju', '', 1500],
		['rating form', '/mamuju/nilai', '', 1500],
		['rating at a desk', '/mamuju/nilai', scanned, 1500],
		['complaint form', '/mamuju/pengaduan', '', 2000],
		['tracking, code', '/lacak', '', 2000],
		['tracking, report', '/lacak/laporan', tracking, 2000]
	] as const;
	return { origin: site.origin, browser, pages };
}

await runUntilSignal(USAGE, { rounds: 5, seconds: 600 }, async ({ rounds }, signal) =>
	withUndoUntil(signal, async (undo) => {
		const { origin, browser, pages } = await prepare(undo);
		let isGood = true;
		for (const [name, path, cookie, mostReadyMs] of pages) {
			const visits: Visit[] = [];
			for (let round = 0; round < rounds; round++) visits.push(await visit(browser, origin + path, cookie));
			const middle = (of: (one: Visit) => number) => median(visits.map(of));
			const ready = middle((one) => one.ready);
			const shift = Math.max(...visits.map((one) => one.shift));
			const blocking = visits.flatMap((one) => one.blocking);
			const size = `${middle((one) => one.requests)} requests, ${(middle((one) => one.bytes) / 1000).toFixed(1)} kB`;
			console.log(
				`${name.padEnd(18)} first paint ${ms(middle((one) => one.firstPaint))}, ready to tap ${ms(ready)}, shift ${shift}, ${size}`
			);
			for (const address of new Set(blocking)) console.log(`  delays the first paint: ${address}`);
			isGood &&= ready <= mostReadyMs && shift === 0 && blocking.length === 0;
		}
		return isGood;
	})
);
