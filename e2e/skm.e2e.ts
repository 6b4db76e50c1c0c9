import { submit } from '../scripts/site/client.ts';
import { running } from './support/journey.ts';
import {
	expectAccessible,
	expectFits,
	fill,
	openUntil,
	phoneWithoutScripts,
	setTextSize,
	signedIn,
	openAndCheck
} from './support/pages.ts';
import { CORE, expect, test, type Page } from './support/test.ts';

const ELEMENTS = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6', 'u7', 'u8', 'u9'];

async function answerAll(page: Page, answer: string): Promise<void> {
	for (const element of ELEMENTS) await page.locator(`[name=${element}][value="${answer}"]`).check({ force: true });
}

test('from the office page to the thank-you page with scripts off', { tag: CORE }, async ({ browser }) => {
	const page = await phoneWithoutScripts(browser);
	await page.goto('/mamuju');
	await page.getByRole('link', { name: 'Isi survei kepuasan' }).click();
	await expect(page).toHaveURL(/\/mamuju\/skm$/);
	await answerAll(page, '4');
	await page.getByText('Tentang Anda').click();
	await page.locator('[name=sex]').selectOption('female');
	await page.locator('[name=suggestion]').fill('Uji jalan: tambah kursi.');
	await page.getByRole('button', { name: 'Kirim survei' }).click();
	await expect(page).toHaveURL(/\/mamuju\/skm\/terima-kasih$/);
	await expect(page.getByText('Jawaban Anda dihitung bersama jawaban lain')).toBeVisible();
});

test('an unanswered question is named, and everything filled in stays', { tag: CORE }, async () => {
	// As a browser without validation would.
	const refused = await submit(running().origin, '/mamuju/skm', {
		...Object.fromEntries(ELEMENTS.slice(1).map((element) => [element, '4'])),
		sex: 'female',
		suggestion: 'Tambah kursi.',
		submission_id: crypto.randomUUID()
	});
	expect(refused.status).toBe(422);
	const page = await refused.text();
	expect(page).toMatch(/<a[^>]* href="#u1"[^>]*>Pertanyaan 1 \(persyaratan\) belum dijawab\./);
	expect(page).toMatch(/name="u2" value="4" checked/);
	expect(page).toMatch(/<option value="female" selected/);
	expect(page).toContain('Tambah kursi.');
});

test('while the survey is off, no page links to it and its pages say so', { tag: CORE }, async ({ page }) => {
	await page.goto('/majene');
	await expect(page.getByRole('link', { name: 'Isi survei kepuasan' })).toHaveCount(0);
	for (const path of ['/majene/skm', '/majene/skm/hasil']) {
		const answer = await page.goto(path);
		expect(answer?.status()).toBe(404);
		await expect(page.getByText('Survei ini tidak dibuka di sini')).toBeVisible();
		await expectAccessible(page);
	}
});

test('an administrator turns it on with a decision, citizens find it, and it is turned off again', async ({
	browser,
	page
}) => {
	const admin = await signedIn(browser, 'administrator.sulbar');
	await openAndCheck(admin, '/admin/skm');
	await admin.getByRole('link', { name: 'BPS Kabupaten Mamasa' }).click();
	await admin.getByRole('checkbox', { name: 'Survei aktif di satuan kerja ini' }).check();
	await fill(admin, { decisionNumber: '' });
	await admin.getByRole('button', { name: 'Simpan' }).click();
	await expect(admin.getByText('Tulis nomor keputusan').first()).toBeVisible();
	await expectAccessible(admin);
	await fill(admin, { decisionNumber: 'Keputusan Uji 1', decidedOn: '2026-01-05' });
	await admin.getByRole('button', { name: 'Simpan' }).click();
	await expect(admin).toHaveURL(/\/admin\/skm\?saved/);
	await openUntil(page, '/mamasa', page.getByRole('link', { name: 'Isi survei kepuasan' }));
	await page.goto('/mamasa/skm');
	await expect(page.getByText('Keputusan Uji 1')).toBeVisible();
	await admin.goto('/admin/skm/7603');
	await admin.getByRole('checkbox', { name: 'Survei aktif di satuan kerja ini' }).uncheck();
	await admin.getByRole('button', { name: 'Simpan' }).click();
	await expect(admin).toHaveURL(/saved/);
	expect((await page.goto('/mamasa/skm'))?.status()).toBe(404);
	await admin.goto('/admin/log?area=skm');
	await expect(admin.getByText('mengubah pengaturan survei (SKM)').first()).toBeVisible();
});

test('a manager decides about an answer, publishes a finished period, and withdraws it', async ({ browser, page }) => {
	const manager = await signedIn(browser, 'pimpinan.mamuju');
	await manager.goto('/insight/skm/answers?unit=mamuju&state=held');
	await manager.getByText('Hitung jawaban ini').first().click();
	await manager.locator('details[open] [name=reason]').selectOption('genuine');
	await manager.locator('details[open]').getByRole('button', { name: 'Hitung jawaban ini' }).click();
	await expect(manager.getByText('Keputusan tersimpan dan dicatat')).toBeVisible();

	await manager.goto('/insight/skm/publish?unit=mamuju');
	await expect(manager.getByText('Masa ini belum selesai')).toBeVisible();
	await manager.locator('nav[aria-label="Masa yang sudah selesai"] a').nth(2).click();
	await expect(manager.locator('nav[aria-label="Masa yang sudah selesai"] a').nth(2)).toHaveAttribute('aria-current');
	await expectAccessible(manager);
	const index = await manager.locator('dl .index strong').first().textContent();
	await manager.getByRole('button', { name: /^Ya, terbitkan Semester/ }).click();
	await expect(manager.getByText('Hasil sudah diterbitkan.')).toBeVisible();

	await page.goto('/mamuju/skm/hasil');
	const half = page.getByRole('link', { name: /^Semester/ });
	if (await half.isVisible()) await half.click();
	await expect(page.locator('dl .index strong')).toHaveText(index ?? '-');

	await manager.goto('/insight/skm?unit=mamuju');
	const entry = manager.locator('article').filter({ hasText: 'Semester' });
	await entry.getByText('Tarik terbitan').first().click();
	await entry.locator('[name=reason]').fill('Uji jalan penarikan');
	await entry.getByRole('button', { name: 'Tarik terbitan' }).click();
	await expect(manager.getByText('Terbitan sudah ditarik.')).toBeVisible();
	await page.goto('/mamuju/skm/hasil');
	await expect(page.getByText(/ditarik pada/).first()).toBeVisible();
	await expectAccessible(page);
});

test('pages of the survey fit the narrowest phone, and its results with large letters too', async ({
	browser,
	page
}) => {
	const manager = await signedIn(browser, 'pimpinan.sulbar');
	await openAndCheck(page, '/mamuju/skm', 320);
	await page.goto('/mamuju/skm/hasil');
	await expect(page.getByRole('table').first()).toBeVisible();
	for (const letters of [20, 24, 32]) {
		await setTextSize(page, letters);
		await expectFits(page, 320, 360);
	}
	await openAndCheck(manager, '/insight/skm/publish?unit=mamuju', 320);
});
