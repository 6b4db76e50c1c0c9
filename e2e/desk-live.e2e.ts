import { officerNamed, openCase } from './support/cases.ts';
import { account, running, sessionOf } from './support/journey.ts';
import { expectAccessible, isEventStream, openWithStream, panel, signedIn } from './support/pages.ts';
import { api } from './support/site.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

const report = async (body: string, changes: Record<string, unknown> = {}): Promise<string> =>
	(await openCase({ body, ...changes })).reference;

const open = async (browser: Browser, username: string, path: string): Promise<Page> =>
	openWithStream(await signedIn(browser, username), path);

const text = (page: Page) => panel(page).locator('[name=body]');

test('shows who has a case open, on it and in the inbox, but not to people it names', async ({ browser }) => {
	const { origin } = running();
	const officer = await officerNamed('Petugas Contoh 6');
	const reference = await report('Meja enam kosong selama jam layanan.', { officer });
	const address = `/desk/cases/${reference}`;
	const first = await open(browser, 'penangan.mamuju', address);
	const list = await open(browser, 'penyelia.sulbar', `/desk?q=${reference}`);
	const name = account('penangan.mamuju').name;
	await expect(list.locator('tr', { hasText: reference }).locator('.open')).toHaveAttribute(
		'title',
		`Sedang dibuka oleh ${name}`
	);
	await expectAccessible(list);
	const second = await open(browser, 'penyelia.sulbar', address);
	await expect(second.getByText(`Sedang dibuka oleh ${name}`)).toBeVisible();
	await expect(first.getByText(`Sedang dibuka oleh ${account('penyelia.sulbar').name}`)).toBeVisible();
	await expectAccessible(second);

	// The named officer's browser receives no event, not even that something changed.
	const named = await fetch(`${origin}/desk/live`, {
		headers: { cookie: await sessionOf('penangan2.mamuju') }
	});
	const reader = named.body?.pipeThrough(new TextDecoderStream()).getReader();
	let received = '';
	const reading = (async () => {
		for (;;) {
			const piece = await reader?.read();
			if (!piece || piece.done) return;
			received += piece.value;
		}
	})();
	await api(origin, `/cases/${reference}/messages`, { body: { body: 'Kami periksa.', public: true } });
	const other = await report('Kursi tunggu di pojok patah.');
	await expect(() => expect(received).toContain(other)).toPass({ timeout: 10_000 });
	expect(received).not.toContain(reference);
	await reader?.cancel();
	await reading;

	// Hidden within a minute after the tab was closed.
	await first.close();
	await expect(second.getByText(`Sedang dibuka oleh ${name}`)).toBeHidden({ timeout: 60_000 });
});

test('a text that was not sent survives a reload, can be discarded, and stays private', async ({ browser }) => {
	const body = 'Tulisan di loket dua tidak terbaca.';
	const similar = await report(body);
	const reference = await report(body);
	const page = await open(browser, 'penangan.mamuju', `/desk/cases/${reference}/question`);
	await text(page).fill('Loket yang mana, dan');
	await page.reload();
	await expect(text(page)).toHaveValue('Loket yang mana, dan');
	await expect(page.getByText('Teks yang Anda ketik sebelumnya dipulihkan.')).toBeVisible();
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Buang teks ini' }).click();
	await expect(text(page)).toHaveValue('');
	await openWithStream(page, `/desk/cases/${reference}/question`);
	await expect(text(page)).toHaveValue('');

	await text(page).fill('Loket yang mana, dan kapan?');
	const drafts = () =>
		page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('spatula-draft:')).length);
	expect(await drafts()).toBe(1);
	await page.getByRole('button', { name: 'Kirim pertanyaan' }).click();
	await expect(page).toHaveURL(/done=asked/);
	await expect.poll(drafts).toBe(0);

	// A message that does not arrive is kept. The address still says that the question was sent.
	const message = page.locator('#message-body');
	await message.fill('Pesan yang tidak sampai');
	await page.route('**/messages*', (route) => route.abort());
	await page.getByRole('button', { name: 'Kirim ke pelapor' }).click();
	await expect(page).toHaveURL(/^chrome-error:/);
	await page.goBack();
	await expect(message).toHaveValue('Pesan yang tidak sampai');
	// Now it arrives and its response does not. Sent once more, it is stored once.
	await page.unroute('**/messages*');
	await page.route('**/messages*', async (route) => {
		await route.fetch({ maxRedirects: 0 });
		await route.abort();
	});
	await page.getByRole('button', { name: 'Kirim ke pelapor' }).click();
	await expect(page).toHaveURL(/^chrome-error:/);
	await page.unroute('**/messages*');
	await page.goBack();
	await page.getByRole('button', { name: 'Kirim ke pelapor' }).click();
	await expect(page).toHaveURL(/done=message_sent/);
	await expect(page.locator('.turn', { hasText: 'Pesan yang tidak sampai' })).toHaveCount(1);
	await message.fill('Pesan lain');
	// It does not go along to another report.
	await page.locator('#similar').getByRole('link', { name: similar, exact: true }).click();
	await expect(page).toHaveURL(new RegExp(similar));
	await expect(message).toHaveValue('');

	// Signing out deletes drafts also on a page without the desk's scripts.
	await page.goto('/me');
	expect(await drafts()).toBe(1);
	await page.getByRole('button', { name: 'Keluar', exact: true }).click();
	await expect(page).toHaveURL(/\/login/);
	await expect.poll(drafts).toBe(0);
});

test('signing out in one tab ends the event stream of all tabs, and they say so', async ({ browser }) => {
	const first = await open(browser, 'penangan.mamuju', '/desk');
	const second = await first.context().newPage();
	await second.goto('/desk');
	await second.getByRole('button', { name: 'Keluar' }).click();
	await expect(first.getByRole('alert')).toContainText('Anda sudah keluar');
	await expectAccessible(first);
});

test('tabs of a browser share one event stream, and another tab takes over when the first closes', async ({
	browser
}) => {
	const first = await open(browser, 'penangan.mamuju', '/desk');
	const streams: string[] = [];
	first.context().on('request', (request) => {
		if (isEventStream(request.url())) streams.push(request.url());
	});
	const openTab = async () => {
		const page = await first.context().newPage();
		await page.goto('/desk');
		return page;
	};
	await Promise.all(Array.from({ length: 6 }, openTab));
	const last = await openTab();
	await report('Lampu di ruang tunggu mati.');
	await last.bringToFront();
	await expect(last.locator('.bar')).toContainText('laporan baru');
	expect(streams).toEqual([]);
	await first.close();
	await expect(() => expect(streams).toHaveLength(1)).toPass({ timeout: 10_000 });
	await last.getByRole('button', { name: 'Tampilkan' }).click();
	await report('Lampu di tangga depan mati.');
	await expect(last.locator('.bar')).toContainText('laporan baru');
});

test('a visible tab takes over the event stream from a tab that does not respond', async ({ browser }) => {
	const first = await open(browser, 'penangan.mamuju', '/desk');
	const second = await first.context().newPage();
	await second.clock.install();
	await second.goto('/desk');
	// As if the device had suspended the first tab, which keeps its lock.
	await first.evaluate(() => (BroadcastChannel.prototype.postMessage = () => undefined));
	const opened = first.context().waitForEvent('request', (request) => isEventStream(request.url()));
	await second.clock.fastForward(61_000);
	await second.clock.fastForward(61_000);
	await opened;
	await report('Lampu di tempat parkir mati.');
	await expect(second.locator('.bar')).toContainText('laporan baru');
	await expect(first.locator('.bar')).toContainText('laporan baru');
});
