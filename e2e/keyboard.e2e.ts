import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from './support/test.ts';
import { running } from './support/journey.ts';
import { find, send, signIn, tabTo, today, verb } from './support/keys.ts';
import { panel, visit } from './support/pages.ts';
import { api } from './support/site.ts';

/** Waits until the page has come to life: keys mean nothing before. */
const alive = (page: Page) => page.waitForResponse((answer) => answer.url().includes('/desk/live?'));

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
