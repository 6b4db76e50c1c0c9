import { randomUUID } from 'node:crypto';
import { expect, test, type Page } from '@playwright/test';
import { account, running } from './support/journey.ts';
import { expectAccessible, signedIn, visit } from './support/pages.ts';
import { api } from './support/site.ts';

const HANDLER = 'pengelola.mamuju';
const SUPERVISOR = 'kepala.mamuju';

/** A suggestion of Mamuju that the supervisor gives to the handler. @returns its number */
async function assigned(supervisor: Page): Promise<string> {
	const { origin } = running();
	const { body: opened } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'suggestion',
			body: 'Kursi di ruang tunggu kurang banyak pada hari Senin.',
			identity: 'none',
			submission_id: randomUUID()
		}
	});
	const reference = String(opened.reference);
	await supervisor.goto(`${origin}/desk/cases/${reference}/assignment`);
	await supervisor.getByRole('radio', { name: account(HANDLER).name }).check();
	await supervisor.getByRole('main').getByRole('button', { name: 'Tugaskan' }).click();
	await expect(supervisor).toHaveURL(new RegExp(`/desk/cases/${reference}(\\?|$)`));
	return reference;
}

const bell = (page: Page) => page.getByRole('link', { name: /^Pemberitahuan/ }).first();

test('staff are told at the desk: counted in the frame, listed newest first, read one by one or all at once', async ({
	browser
}) => {
	// Four pages are looked at by axe.
	test.setTimeout(180_000);
	const { origin } = running();
	const supervisor = await signedIn(browser, SUPERVISOR);
	const handler = await signedIn(browser, HANDLER);
	const first = await assigned(supervisor);
	const second = await assigned(supervisor);

	const row = (reference: string) => handler.locator('li', { hasText: reference }).filter({ hasText: 'ditugaskan' });
	await expect(async () => {
		await handler.goto(`${origin}/desk/notices`);
		await expect(row(first)).toBeVisible({ timeout: 1000 });
		await expect(row(second)).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	// The site tells of deadlines meanwhile: only the order of these two is known.
	const listed = await handler.locator('.list > li').allInnerTexts();
	const placeOf = (reference: string) => listed.findIndex((text) => text.includes(reference));
	expect(placeOf(second)).toBeLessThan(placeOf(first));
	await expect(row(first)).toContainText('Belum dibaca');
	// No word of the report: the number leads to it.
	await expect(row(first)).not.toContainText('Kursi');

	const counted = async () => Number(/(\d+) belum dibaca/.exec((await bell(handler).innerText()) || '')?.[1] ?? 0);
	const unread = handler.locator('.list > .unread');
	expect(await counted()).toBe(await unread.count());
	await row(first).getByRole('button').click();
	await expect(row(first)).not.toContainText('Belum dibaca');
	expect(await counted()).toBe(await unread.count());
	await row(second).getByRole('link').click();
	await expect(handler).toHaveURL(`${origin}/desk/cases/${second}`);
	await handler.goto(`${origin}/desk/notices`);
	await expect(row(second)).not.toContainText('Belum dibaca');

	for (const width of [360, 1440]) {
		await handler.setViewportSize({ width, height: 900 });
		await visit(handler, '/desk/notices');
		const overflow = await handler.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
		expect(overflow).toBeLessThanOrEqual(0);
	}
	const all = handler.getByRole('button', { name: 'Tandai semua sudah dibaca' });
	if (await all.isVisible()) await all.click();
	await expect(all).toBeHidden();
	await expect(unread).toHaveCount(0);
	expect(await counted()).toBe(0);
});

test('somebody without a desk has a page of notices too, and nobody opens those of another', async ({ browser }) => {
	const { origin } = running();
	const officer = await signedIn(browser, 'petugas1.mamuju');
	await visit(officer, '/desk/notices');
	await expect(officer.getByText('Belum ada pemberitahuan')).toBeVisible();
	const handler = await signedIn(browser, HANDLER);
	await handler.goto(`${origin}/desk/notices`);
	const theirs = await handler.locator('.list a').first().getAttribute('href');
	const answer = await officer.goto(`${origin}${theirs}`);
	expect(answer?.status()).toBe(404);
	await officer.goto(`${origin}/desk`);
	await expectAccessible(officer);
});
