import { randomUUID } from 'node:crypto';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { account, running } from './support/journey.ts';
import { visit } from './support/pages.ts';
import { api } from './support/site.ts';

/** Goes on with Tab until the focus is there: what can't be reached so can't be used. */
async function tabTo(page: Page, target: Locator, most = 60): Promise<void> {
	await expect(target).toBeVisible();
	for (let pressed = 0; pressed < most; pressed++) {
		if (await target.evaluate((element) => element === document.activeElement)) return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`the focus never came to ${String(target)}`);
}

async function signIn(page: Page, username: string): Promise<void> {
	await page.goto(`${running().origin}/login`);
	await tabTo(page, page.locator('[name=username]'));
	await page.keyboard.type(username);
	await page.keyboard.press('Tab');
	await page.keyboard.type(account(username).password);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/desk/);
}

/** Waits until the page has come to life: keys mean nothing before. */
const alive = (page: Page) => page.waitForResponse((answer) => answer.url().includes('/desk/live?'));

async function find(page: Page, reference: string): Promise<void> {
	await expect(async () => {
		await page.keyboard.press('/');
		await expect(page.locator('input[type=search]')).toBeFocused({ timeout: 500 });
	}).toPass();
	await page.keyboard.type(reference);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/q=SPATULA/);
	await expect(async () => {
		await page.keyboard.press('j');
		await expect(page.locator(`a[data-row][href$="${reference}"]`)).toBeFocused({ timeout: 500 });
	}).toPass();
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(new RegExp(`/desk/cases/${reference}$`));
}

const panel = (page: Page) => page.locator('section[aria-labelledby=verb-title]');

/** Presses the key of a verb; the focus goes to its panel. */
async function verb(page: Page, key: string, path: string): Promise<void> {
	await expect(async () => {
		await page.keyboard.press(key);
		await expect(page).toHaveURL(new RegExp(`/${path}$`), { timeout: 1000 });
	}).toPass();
	await expect(page.locator('#verb-title')).toBeFocused();
}

/** The parts of a date, whichever order the browser's language gives them: each goes up to its first, the year to this one. */
async function today(page: Page): Promise<void> {
	for (const next of ['ArrowRight', 'ArrowRight', null]) {
		await page.keyboard.press('ArrowUp');
		if (next) await page.keyboard.press(next);
	}
}

async function send(page: Page, done: string): Promise<void> {
	await tabTo(page, panel(page).locator('button.primary').first());
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(new RegExp(`done=${done}`));
}

test('from sign-in to an approved answer without a mouse', async ({ browser }) => {
	test.setTimeout(180_000);
	const body = 'Jalur kursi roda di pintu samping terhalang pot bunga.';
	const sent = { unit: 'mamuju', kind: 'complaint', body, identity: 'none', submission_id: randomUUID() };
	const { body: opened } = await api(running().origin, '/cases', { body: sent });
	const reference = String(opened.reference);

	const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
	await signIn(page, 'pengelola.mamuju');
	await find(page, reference);

	await verb(page, 'v', 'verification');
	await tabTo(page, panel(page).locator('select[name=category]'));
	await page.keyboard.type('Sarana');
	await expect(panel(page).locator('select[name=category]')).toHaveValue('facilities');
	await send(page, 'verified');

	await verb(page, 'a', 'assignment');
	await tabTo(page, panel(page).locator('[name=assignee]:checked'));
	await send(page, 'assigned');

	await verb(page, 'b', 'answer');
	await tabTo(page, panel(page).locator('[name=body]'));
	await page.keyboard.type('Pot bunga sudah kami pindahkan, dan jalurnya kami tandai.');
	await tabTo(page, panel(page).locator('[name=action]'));
	await page.keyboard.type('Pot bunga dipindahkan ke samping pintu.');
	await tabTo(page, panel(page).locator('[name=action_on]'));
	await today(page);
	await send(page, 'drafted');

	await tabTo(page, page.getByRole('button', { name: 'Keluar' }), 120);
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/login/);
	await signIn(page, 'wakil.mamuju');
	await find(page, reference);
	await verb(page, 's', 'approval');
	await send(page, 'approved');
	await expect(page.getByText('Sudah dijawab').first()).toBeVisible();
	await page.context().close();
});

test('letters can be switched off, and on again without one', async ({ browser }) => {
	const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
	await signIn(page, 'pengelola.mamuju');
	const line = alive(page);
	await page.goto(`${running().origin}/desk`);
	await line;
	await page.keyboard.press('?');
	const box = page.getByRole('checkbox', { name: 'Huruf pada papan ketik' });
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await page.keyboard.press('Escape');
	await expect(box).toBeHidden();
	await page.keyboard.press('/');
	await expect(page.locator('input[type=search]')).not.toBeFocused();
	await tabTo(page, page.getByRole('button', { name: 'Tombol pintas' }), 120);
	await page.keyboard.press('Enter');
	await tabTo(page, box);
	await page.keyboard.press('Space');
	await page.keyboard.press('Escape');
	await page.keyboard.press('/');
	await expect(page.locator('input[type=search]')).toBeFocused();
	await page.context().close();
});

test('the pages of that way are in order, in both languages, wide and narrow', async ({ browser }) => {
	test.setTimeout(240_000);
	const sent = {
		unit: 'mamuju',
		kind: 'complaint',
		body: 'Papan petunjuk ke ruang konsultasi hilang.',
		identity: 'none',
		submission_id: randomUUID()
	};
	const { body: opened } = await api(running().origin, '/cases', { body: sent });
	const page = await (await browser.newContext()).newPage();
	await signIn(page, 'pengelola.mamuju');
	const of = (verb: string) => `/desk/cases/${String(opened.reference)}${verb}`;
	for (const width of [1440, 360]) {
		await page.setViewportSize({ width, height: 900 });
		for (const path of ['/desk', of(''), ...['/verification', '/assignment', '/answer', '/approval'].map(of)])
			await visit(page, path);
		await page.getByRole('button', { name: 'Tombol pintas' }).click();
		await expect(page.getByRole('dialog')).toBeVisible();
	}
	await page.context().close();
});
