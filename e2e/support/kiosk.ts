import { expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { submit } from '../../scripts/site/client.ts';
import type { TabletRatingOutcome } from '../../src/lib/ratings/kiosk.ts';
import { officerNamed } from './cases.ts';
import { running, sessionOf } from './journey.ts';
import { windowOfSession } from './pages.ts';
import { addPlace } from './places.ts';
import { api, today } from './site.ts';

/** A place of Mamuju at which devices are paired, as its administrator sees it. */
export type KioskPlace = Awaited<ReturnType<typeof makeKioskPlace>>;

/** The PIN of every device paired here. */
export const PIN = '2468';

/** A tablet on a counter. */
export const TABLET = {
	viewport: { width: 1024, height: 768 },
	hasTouch: true,
	serviceWorkers: 'allow'
} satisfies BrowserContextOptions;

/** The path of an address. Its origin may be another name of the same site. */
export const pathOf = (address: string): string => address.replace(/^https?:\/\/[^/]+/, '');

/** Adds a place for devices and a desk of one officer to the demo's office. */
export async function makeKioskPlace(browser: Browser, name: string) {
	const cookie = await sessionOf('administrator.sulbar');
	const officer = 'Petugas Contoh 2';
	const desk = await addPlace(cookie, { name: `Meja ${name}`, kind: 'desk', officerId: await officerNamed(officer) });
	const { id } = await addPlace(cookie, { name: `Anjungan ${name}`, kind: 'kiosk' });
	const admin = await windowOfSession(browser, running().origin, cookie.split('=')[1] ?? '');
	return { cookie, admin, page: `/admin/places/${id}`, desk: { id: desk.id, officer } };
}

/** Makes a pairing link by the administration's form. @returns its path */
export async function linkFor(place: KioskPlace, mode: 'tablet' | 'display', atDesk = false): Promise<string> {
	const fields = { mode, pin: PIN, ...(atDesk ? { desk: place.desk.id } : {}) };
	const made = await submit(running().origin, `${place.page}?/pair`, fields, place.cookie);
	return /\/kiosk\/[\w-]{16,}/.exec(await made.text())?.[0] ?? '';
}

interface DeviceOptions {
	atDesk?: boolean;
	context?: BrowserContextOptions;
	/** Runs before the scripts of each page. */
	script?: () => void;
}

/** Pairs a device in a new browser. */
export async function pairDevice(
	browser: Browser,
	place: KioskPlace,
	mode: 'tablet' | 'display',
	{ atDesk = false, context = TABLET, script }: DeviceOptions = {}
): Promise<Page> {
	const link = await linkFor(place, mode, atDesk);
	const device = await browser.newContext(context);
	if (script) await device.addInitScript(script);
	const page = await device.newPage();
	const { origin } = running();
	await device.request.post(origin + link, { headers: { origin }, form: { pair: 'yes' } });
	await page.goto('/kiosk');
	return page;
}

/** The first day of each count, the same for a whole run, so that no rating leaves the count at midnight. */
const SINCE = today();

/** Number of counted ratings of the officer since the run began. */
export async function countOf(officer: string): Promise<number> {
	const { body } = await api(running().origin, `/leaderboard?unit=mamuju&from=${SINCE}&to=${today()}`);
	const { items, insufficient } = body as Record<'items' | 'insufficient', { officer: { name: string }; n: number }[]>;
	const rows = [...items, ...insufficient];
	return rows.find((row) => row.officer.name === officer)?.n ?? 0;
}

export const score = (page: Page, words: string) => page.getByRole('button', { name: words, exact: true });

export async function rate(page: Page, words = 'Puas'): Promise<void> {
	await score(page, words).tap();
	await expect(page.getByRole('heading', { name: 'Penilaian Anda sudah tercatat' })).toBeVisible();
	// A touch would wait until the page takes presses.
	await page.getByRole('button', { name: 'Selesai', exact: true }).press('Enter');
	await expect(score(page, 'Puas')).toBeVisible();
}

/** Collects the outcomes in the site's responses about stored ratings. */
export function outcomesOf(page: Page): TabletRatingOutcome[] {
	const outcomes: TabletRatingOutcome[] = [];
	page.on('response', async (response) => {
		if (!response.url().endsWith('/kiosk/ratings') || !response.ok()) return;
		outcomes.push(...((await response.json()) as { outcomes: TabletRatingOutcome[] }).outcomes);
	});
	return outcomes;
}
