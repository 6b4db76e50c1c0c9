import { expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { api } from './site.ts';
import { running } from './journey.ts';
import { signedIn } from './pages.ts';

/** A place of Mamuju at which devices are paired, as its administrator sees it. */
export interface KioskPlace {
	admin: Page;
	/** Its page in the administration. */
	page: string;
	/** A desk of the same office, of one officer. */
	desk: { id: string; name: string; officer: string };
}

/** The PIN of every device paired here. */
export const PIN = '2468';

/** A tablet as it lies on a counter. */
export const TABLET: BrowserContextOptions = {
	viewport: { width: 1024, height: 768 },
	hasTouch: true,
	serviceWorkers: 'allow'
};

/** Adds a place for devices and a desk of one officer's to the demo's office. */
export async function makeKioskPlace(browser: Browser, name: string): Promise<KioskPlace> {
	const { origin } = running();
	const admin = await signedIn(browser, 'admin.sulbar');
	const add = async (what: string, kind: string, officer?: string) => {
		await admin.goto(`${origin}/admin/places/new`);
		const option = admin.locator('[name=unitId] option', { hasText: 'BPS Kabupaten Mamuju' }).first();
		const unit = await admin
			.locator('[name=unitId] option')
			.filter({ hasText: /Kabupaten Mamuju$/ })
			.first();
		await admin.selectOption(
			'[name=unitId]',
			(await unit.getAttribute('value')) ?? (await option.getAttribute('value'))
		);
		await admin.fill('[name=name]', what);
		await admin.selectOption('[name=kind]', kind);
		if (officer) await admin.selectOption('[name=officerId]', officer);
		await admin.locator('main form button').last().click();
		await expect(admin).toHaveURL(/saved/);
		return admin.url().replace(/[?#].*/, '');
	};
	const { body } = await api(origin, '/officers?unit=mamuju');
	const officer = (body.items as { id: string; name: string }[]).find((one) => one.name === 'Petugas Contoh 2');
	const desk = `Meja ${name}`;
	const deskPage = await add(desk, 'desk', officer?.id);
	const page = await add(`Anjungan ${name}`, 'kiosk');
	return {
		admin,
		page,
		desk: { id: deskPage.split('/').at(-1) ?? '', name: desk, officer: officer?.name ?? '' }
	};
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

/** A device in a browser of its own, paired. */
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
	await page.goto(link.replace(/^https?:\/\/[^/]+/, running().origin));
	await page.getByRole('button', { name: 'Pasangkan perangkat ini' }).click();
	await expect(page).toHaveURL(/\/kiosk$/);
	return page;
}

/** Withdraws all devices of a place. */
export async function withdrawAll({ admin, page }: KioskPlace): Promise<void> {
	await admin.goto(page);
	const ends = admin.locator('#devices details', { hasText: 'Putuskan' });
	await ends.last().locator('summary').click();
	await ends.last().getByRole('button').click();
	await expect(admin).toHaveURL(/done=unpair/);
}
