import { readFile } from 'node:fs/promises';
import { fourColourImage } from '../src/lib/dev/testing/photos.ts';
import { ownDataSchema } from '../src/lib/privacy/own-data.ts';
import { caseCopySchema } from '../src/lib/privacy/case-copy.ts';
import {
	downloaded,
	expectAccessible,
	expectFits,
	fillReport,
	openAtDesk,
	panel,
	phoneWithoutScripts,
	readReceipt,
	signedIn,
	track
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { expect, test } from './support/test.ts';

const BODY = 'Berkas saya hilang di loket dan tidak ada yang mencatatnya.';

/** JSON reviver: turns the texts of `…_at` fields into dates. */
const reviveDates = (key: string, value: unknown) =>
	/(^|_)at$/.test(key) && typeof value === 'string' ? new Date(value) : value;

test('a reporter downloads a copy of their data, and another browser gets nothing', async ({ browser }) => {
	const phone = await phoneWithoutScripts(browser);
	await phone.setViewportSize({ width: 360, height: 740 });
	await phone.goto('/mamuju/pengaduan');
	const reporter = { 'reporter.name': 'Pelapor Contoh Sembilan', 'reporter.phone': '081234567809' };
	await fillReport(phone, BODY, 'withheld', reporter);
	const buffer = await fourColourImage().png().toBuffer();
	await phone.setInputFiles('[name=file]', { name: 'foto saya.png', mimeType: 'image/png', buffer });
	await phone.getByRole('button', { name: 'Kirim pengaduan' }).click();
	const { reference, receipt } = await readReceipt(phone);

	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference, 'reveal');
	await panel(desk).locator('[name=reason]').fill('Mencocokkan dengan buku tamu hari itu.');
	await panel(desk).locator('[name=confirmed]').check({ force: true });
	await panel(desk).locator('button.danger').click();
	await expect(desk.getByText('Pelapor Contoh Sembilan').first()).toBeVisible();

	await track(phone, receipt);
	await phone.getByRole('link', { name: 'Unduh salinan data Anda' }).click();
	await expect(phone.getByRole('heading', { name: 'Salinan data Anda' })).toBeVisible();
	await expectFits(phone);
	const pdf = await downloaded(phone, phone.getByRole('link', { name: 'Unduh PDF' }));
	expect(pdf.suggestedFilename()).toBe(`salinan-${reference}.pdf`);
	const { text, pages } = await readPdf(await readFile(await pdf.path()));
	for (const words of [BODY, 'Pelapor Contoh Sembilan', '081234567809', 'Mencocokkan dengan buku tamu hari itu.'])
		expect(text).toContain(words);
	expect(pages).toBeGreaterThan(1);
	const json = await downloaded(phone, phone.getByRole('link', { name: /JSON/ }));
	const content = await readFile(await json.path(), 'utf8');
	const [copy] = caseCopySchema.parse(JSON.parse(content, reviveDates)).reports;
	expect(copy).toMatchObject({
		reference,
		body: BODY,
		openings: [{ by: 'office' }],
		files: [{ name: 'Foto 1.jpg' }]
	});
	expect(content).not.toContain('foto saya');
	expect((await phone.request.get(new URL(copy?.files[0]?.link ?? '').pathname)).status()).toBe(200);

	await phone.getByRole('link', { name: 'Kembali ke laporan' }).click();
	await expect(phone.getByText('Salinan data Anda diunduh')).toHaveCount(2);

	const other = await phoneWithoutScripts(browser);
	for (const file of ['salinan.pdf', 'salinan.json'])
		expect((await other.request.get(`/lacak/laporan/salinan/${file}`)).status()).toBe(404);
	await other.goto('/lacak/laporan/salinan');
	await expect(other).toHaveURL('/lacak?habis');
	await expect(other.getByRole('status')).toContainText('Tidak ada laporan yang terbuka di perangkat ini.');
});

test('an officer downloads their own data', async ({ browser }) => {
	const me = await signedIn(browser, 'petugas1.mamuju');
	await me.goto('/me');
	await me.getByRole('link', { name: 'Lihat dan unduh data Anda' }).click();
	await expect(me.getByRole('heading', { name: 'Data Anda' })).toBeVisible();
	await expectFits(me);
	await expectAccessible(me);
	const json = await downloaded(me, me.getByRole('link', { name: /JSON/ }));
	const data = ownDataSchema.parse(JSON.parse(await readFile(await json.path(), 'utf8'), reviveDates));
	expect(data.account.username).toBe('petugas1.mamuju');
	const pdf = await downloaded(me, me.getByRole('link', { name: 'Unduh PDF' }));
	const { text } = await readPdf(await readFile(await pdf.path()));
	expect(text).toContain(data.officer?.name ?? 'no officer');
	expect(text).not.toMatch(/SPATULA-\d/);
});
