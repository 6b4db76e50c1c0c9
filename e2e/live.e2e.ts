import { randomUUID } from 'node:crypto';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { expectAccessible, fill } from './support/pages.ts';
import { api } from './support/site.ts';
import { startTwoSites, type Person, type TwoSites } from './support/two-sites.ts';

let office: TwoSites;
test.beforeAll(async () => {
	test.setTimeout(180_000);
	office = await startTwoSites();
});
test.afterAll(() => office.stop());

async function desk(browser: Browser, person: Person, origin = office.origin): Promise<Page> {
	const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
	await page.goto(`${origin}/login`);
	await fill(page, { username: person.username, password: person.password });
	await page.keyboard.press('Enter');
	await expect(page).toHaveURL(/\/desk/);
	return page;
}

/** A report comes in by one of the processes. */
async function report(origin: string, body: string): Promise<string> {
	const sent = { unit: '7600', kind: 'complaint', body, identity: 'none', submission_id: randomUUID() };
	const { status, body: answer } = await api(origin, '/cases', { body: sent });
	expect(status).toBe(201);
	return String(answer.reference);
}

async function say(origin: string, reference: string, body: string): Promise<void> {
	const { status } = await api(origin, `/cases/${reference}/messages`, { body: { body, public: true } });
	expect(status).toBe(200);
}

/** Goes there and waits until the page's own line stands, not the one of the page before. */
async function listening(page: Page, address: string): Promise<void> {
	await page.goto(address, { waitUntil: 'commit' });
	await page.waitForResponse((answer) => answer.url().includes('/desk/live?'));
}

test('what one process stores shows within two seconds on a desk that is open on the other, in place and by choice', async ({
	browser
}) => {
	const [one, other] = office.sites;
	const first = await report(one.origin, 'Pintu masuk terkunci pada jam layanan.');
	const page = await desk(browser, office.people.handler, other.origin);
	await listening(page, `${other.origin}/desk`);
	const row = page.locator('tr', { hasText: first });
	await expect(row).toContainText('Diterima');
	const box = await row.boundingBox();

	const second = await report(one.origin, 'Kursi tunggu kurang pada hari Senin.');
	const bar = page.locator('.bar');
	await expect(bar).toContainText('1 laporan baru', { timeout: 2000 });
	await expect(page.getByRole('link', { name: 'Terbuka' })).toContainText('2');
	await expect(page.locator('tr', { hasText: second })).toHaveCount(0);
	expect(await row.boundingBox()).toEqual(box);
	await expectAccessible(page);

	// A row under the pointer waits until the pointer has gone.
	await row.hover();
	await api(one.origin, `/cases/${first}/verification`, { body: { category: 'time', class: 'plain', version: 1 } });
	await expect(page.locator('.bar')).toContainText('laporan baru');
	await page.waitForTimeout(4500);
	await expect(row).toContainText('Diterima');
	await page.mouse.move(1200, 20);
	await expect(row).toContainText('Terverifikasi', { timeout: 3000 });
	expect(await row.boundingBox()).toEqual(box);

	await page.keyboard.press('n');
	await expect(page.locator('tr', { hasText: second })).toContainText('Baru');
	await expect(page.locator('tr:focus-within')).toContainText(second);
	await expectAccessible(page);
	await page.context().close();
});

test('a case that changes says so; what is typed stays, and new messages come when they are wanted', async ({
	browser
}) => {
	const [one, other] = office.sites;
	const reference = await report(one.origin, 'Antrean tidak dipanggil berurutan.');
	const page = await desk(browser, office.people.handler, other.origin);
	await listening(page, `${other.origin}/desk/cases/${reference}/question`);
	const typed = page.locator('section[aria-labelledby=verb-title] [name=body]');
	await typed.fill('Pada jam berapa hal itu ter');
	await say(one.origin, reference, 'Kami sedang memeriksa antrean itu.');
	await expect(page.locator('.bar')).toContainText('Laporan ini berubah', { timeout: 2000 });
	await expect(page.getByText('Kami sedang memeriksa')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Tampilkan perubahan' }).click();
	await expect(page.getByText('Kami sedang memeriksa')).toBeVisible();
	await expect(typed).toHaveValue('Pada jam berapa hal itu ter');
	// The form now speaks of the case as it stands: it is taken.
	await typed.fill('Pada jam berapa hal itu terjadi?');
	await page.getByRole('button', { name: 'Kirim pertanyaan' }).click();
	await expect(page).toHaveURL(/done=asked/);
	await page.context().close();
});

test('one process is killed: its desks go on with the other and have missed nothing', async ({ browser }) => {
	test.setTimeout(180_000);
	const [one, other] = office.sites;
	const reference = await report(other.origin, 'Jam layanan di papan berbeda dengan di situs.');
	const page = await desk(browser, office.people.handler);
	await listening(page, `${office.origin}/desk/cases/${reference}`);
	// The balancer prefers the first: it holds the line.
	const metrics = await (await fetch(`${one.origin}/metrics`)).text();
	expect(metrics).toMatch(/^spatula_live_streams [1-9]/m);
	await one.kill();
	await say(other.origin, reference, 'Papan sudah kami ganti.');
	await expect(page.locator('.bar')).toContainText('Laporan ini berubah', { timeout: 10_000 });
	await page.getByRole('button', { name: 'Tampilkan perubahan' }).click();
	await expect(page.getByText('Papan sudah kami ganti.')).toBeVisible();
	await page.locator('#message-body').fill('Sudah dibaca.');
	await page.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(page).toHaveURL(/done=note_kept/);
	// An orderly stop does not wait for the lines that are open.
	const began = Date.now();
	expect(await other.stop()).toBe('');
	expect(Date.now() - began).toBeLessThan(8000);
	await page.context().close();
});
