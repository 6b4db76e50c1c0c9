import { act, openCase } from './support/cases.ts';
import { expectAccessible, openWithStream, panel, signedInAt, WIDE } from './support/pages.ts';
import { api } from './support/site.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { startTwoSites, type TwoSites } from './support/two-sites.ts';

let office: TwoSites;
test.beforeAll(async () => void (office = await startTwoSites()));
test.afterAll(() => office?.stop());

/** Opens the handler's desk at one of the processes, or at the balancer. */
const desk = (browser: Browser, origin = office.origin): Promise<Page> =>
	signedInAt(browser, origin, office.people.handler, { viewport: WIDE });

/** Opens a report at one of the processes. @returns its number */
const report = async (origin: string, body: string): Promise<string> =>
	(await openCase({ unit: '7600', body }, { origin })).reference;

async function sendMessage(origin: string, reference: string, body: string): Promise<void> {
	const { status } = await api(origin, `/cases/${reference}/messages`, { body: { body, public: true } });
	expect(status).toBe(200);
}

test('a desk shows what another process stored, in place or on request', async ({ browser }) => {
	const [one, other] = office.sites;
	const first = await report(one.origin, 'Pintu masuk terkunci pada jam layanan.');
	const page = await desk(browser, other.origin);
	await openWithStream(page, '/desk');
	const row = page.locator('tr', { hasText: first });
	await expect(row).toContainText('Diterima');
	const box = await row.boundingBox();

	const second = await report(one.origin, 'Kursi tunggu kurang pada hari Senin.');
	const bar = page.locator('.bar');
	await expect(bar).toContainText('1 laporan baru');
	await expect(page.getByRole('link', { name: 'Terbuka' })).toContainText('2');
	await expect(page.locator('tr', { hasText: second })).toHaveCount(0);
	expect(await row.boundingBox()).toEqual(box);
	await expectAccessible(page);

	// A row under the pointer is updated only after the pointer has left it.
	await row.hover();
	await act(first, 'verification', { category: 'time', class: 'plain' }, one);
	await expect(bar).toContainText('laporan baru');
	await page.waitForTimeout(4500);
	await expect(row).toContainText('Diterima');
	await page.mouse.move(1200, 20);
	await expect(row).toContainText('Terverifikasi');
	expect(await row.boundingBox()).toEqual(box);

	await page.keyboard.press('n');
	await expect(page.locator('tr', { hasText: second })).toContainText('Baru');
	await expect(page.locator('tr:focus-within')).toContainText(second);
	await expectAccessible(page);
});

test('a changed case shows a message; typed text stays, and new messages are shown on request', async ({ browser }) => {
	const [one, other] = office.sites;
	const reference = await report(one.origin, 'Antrean tidak dipanggil berurutan.');
	const page = await desk(browser, other.origin);
	await openWithStream(page, `/desk/cases/${reference}/question`);
	const typed = panel(page).locator('[name=body]');
	await typed.fill('Pada jam berapa hal itu ter');
	await sendMessage(one.origin, reference, 'Kami sedang memeriksa antrean itu.');
	await expect(page.locator('.bar')).toContainText('Laporan ini berubah');
	await expect(page.getByText('Kami sedang memeriksa')).toHaveCount(0);
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Tampilkan perubahan' }).click();
	await expect(page.getByText('Kami sedang memeriksa')).toBeVisible();
	// The same button now closes the message, and then leaves the focus on the page.
	await expect(page.getByRole('button', { name: 'Tutup', exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.locator('#main')).toBeFocused();
	await expect(typed).toHaveValue('Pada jam berapa hal itu ter');
	// The form now has the present version of the case, so it is accepted.
	await typed.fill('Pada jam berapa hal itu terjadi?');
	await page.getByRole('button', { name: 'Kirim pertanyaan' }).click();
	await expect(page).toHaveURL(/done=asked/);
});

test('if one process is killed, its desks continue with the other and miss no event', async ({ browser }) => {
	const [one, other] = office.sites;
	const reference = await report(other.origin, 'Jam layanan di papan berbeda dengan di situs.');
	const page = await desk(browser);
	await openWithStream(page, `/desk/cases/${reference}`);
	// The balancer prefers the first process, so that one has the event stream.
	const metrics = await (await fetch(`${one.origin}/metrics`)).text();
	expect(metrics).toMatch(/^spatula_live_streams [1-9]/m);
	await one.kill();
	await sendMessage(other.origin, reference, 'Papan sudah kami ganti.');
	await expect(page.locator('.bar')).toContainText('Laporan ini berubah', { timeout: 10_000 });
	await page.getByRole('button', { name: 'Tampilkan perubahan' }).click();
	await expect(page.getByText('Papan sudah kami ganti.')).toBeVisible();
	await page.locator('#message-body').fill('Sudah dibaca.');
	await page.getByRole('button', { name: 'Simpan sebagai catatan intern' }).click();
	await expect(page).toHaveURL(/done=note_kept/);
	// An orderly stop does not wait for open event streams.
	const began = Date.now();
	expect(await other.stop()).toBe('');
	expect(Date.now() - began).toBeLessThan(8000);
});
