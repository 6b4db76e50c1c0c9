import { expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { addDays, localDate } from '../../src/lib/calendar/days.ts';
import type { TabletRatingOutcome } from '../../src/lib/ratings/kiosk.ts';
import { officerNamed } from './cases.ts';
import { running } from './journey.ts';
import { signedIn } from './pages.ts';
import { api } from './site.ts';

/** A place of Mamuju at which devices are paired, as its administrator sees it. */
export type KioskPlace = Awaited<ReturnType<typeof makeKioskPlace>>;

/** The PIN of every device paired here. */
export const PIN = '2468';

/** A tablet on a counter. */
export const TABLET: BrowserContextOptions = {
	viewport: { width: 1024, height: 768 },
	hasTouch: true,
	serviceWorkers: 'allow'
};

/** The path of an address. Its origin may be another name of the same site. */
export const pathOf = (address: string): string => address.replace(/^https?:\/\/[^/]+/, '');

/** Adds a place for devices and a desk of one officer to the demo's office. */
export async function makeKioskPlace(browser: Browser, name: string) {
	const admin = await signedIn(browser, 'admin.sulbar');
	const officer = 'Petugas Contoh 2';
	const officerId = await officerNamed(officer);
	const add = async (placeName: string, kind: string) => {
		await admin.goto('/admin/places/new');
		const unit = admin.locator('[name=unitId] option').filter({ hasText: /Kabupaten Mamuju$/ });
		await admin.selectOption('[name=unitId]', await unit.first().getAttribute('value'));
		await admin.fill('[name=name]', placeName);
		await admin.selectOption('[name=kind]', kind);
		if (kind === 'desk') await admin.selectOption('[name=officerId]', officerId);
		await admin.locator('main form button').last().click();
		await expect(admin).toHaveURL(/saved/);
		return admin.url().replace(/[?#].*/, '');
	};
	const desk = await add(`Meja ${name}`, 'desk');
	const page = await add(`Anjungan ${name}`, 'kiosk');
	return { admin, page, desk: { id: desk.split('/').at(-1) ?? '', officer } };
}

/** Makes a pairing link by the administration's form. */
export async function linkFor(place: KioskPlace, mode: 'tablet' | 'display', atDesk = false): Promise<string> {
	const { admin, page, desk } = place;
	await admin.goto(page);
	await admin.getByText('Pasangkan perangkat', { exact: true }).click();
	await admin.locator(`[name=mode][value=${mode}]`).check();
	if (atDesk) await admin.selectOption('[name=desk]', desk.id);
	await admin.locator('#pin').fill(PIN);
	await admin.getByRole('button', { name: 'Buat tautan' }).click();
	return (await admin.locator('#kiosk-link').innerText()).trim();
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
	await page.goto(pathOf(link));
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect(page).toHaveURL(/\/kiosk$/);
	return page;
}

export async function withdrawAll({ admin, page }: KioskPlace): Promise<void> {
	await admin.goto(page);
	const ends = admin.locator('#devices details', { hasText: 'Putuskan' });
	await ends.last().locator('summary').click();
	await ends.last().getByRole('button').click();
	await expect(admin).toHaveURL(/done=unpair/);
}

/** Number of counted ratings of the officer since yesterday, because a journey may run over midnight. */
export async function countOf(officer: string): Promise<number> {
	const today = localDate(new Date(), 'Asia/Makassar');
	const { body } = await api(running().origin, `/leaderboard?unit=mamuju&from=${addDays(today, -1)}&to=${today}`);
	const { items, insufficient } = body as Record<'items' | 'insufficient', { officer: { name: string }; n: number }[]>;
	const rows = [...items, ...insufficient];
	return rows.find((row) => row.officer.name === officer)?.n ?? 0;
}

export const score = (page: Page, words: string) => page.getByRole('button', { name: words, exact: true });

export async function rate(page: Page, words = 'Puas'): Promise<void> {
	await score(page, words).tap();
	await expect(page.getByRole('heading', { name: 'Penilaian Anda sudah tercatat' })).toBeVisible();
	await page.getByRole('button', { name: 'Selesai' }).tap();
	await expect(score(page, 'Puas')).toBeVisible();
}

/** Waits until the service worker has cached the page shells, so that the page works offline. */
export async function waitForShell(page: Page): Promise<void> {
	await expect.poll(() => page.evaluate(async () => (await caches.match('/kiosk?kerangka')) !== undefined)).toBe(true);
}

/** Expects that the whole page fits on the screen. */
export async function expectNoScroll(page: Page): Promise<void> {
	expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
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
