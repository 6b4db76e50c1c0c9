import { readFile } from 'node:fs/promises';
import { submit } from '../scripts/site/client.ts';
import { act, officerNamed, openCase } from './support/cases.ts';
import { account, running, sessionOf } from './support/journey.ts';
import {
	downloaded,
	expectAccessible,
	openAtDesk,
	openUntil,
	panel,
	phoneWithoutScripts,
	sendVerb,
	signedIn,
	track,
	openAndCheck
} from './support/pages.ts';
import { readPdf } from './support/pdf.ts';
import { CORE, expect, test } from './support/test.ts';

const QUESTION = 'Bagaimana urutan layanan di meja enam pada Senin pagi yang lalu?';

test('a named officer is asked and answers, and does not see the report', { tag: CORE }, async ({ browser }) => {
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	const { reference } = await openCase({
		officer: await officerNamed('Petugas Contoh 6'),
		identity: 'named',
		reporter
	});

	const named = await signedIn(browser, 'penangan2.mamuju');
	const notice = named.getByRole('link', { name: 'Anda diminta memberi klarifikasi' });
	// A second run of this test also finds the notice of the first one.
	await named.goto('/desk/notices');
	const before = await notice.count();

	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, `/desk/cases/${reference}/clarification`);
	await desk.locator('[name=question]').fill(`Tentang ${reference}: apa yang terjadi pada Senin pagi itu?`);
	await sendVerb(desk);
	// The question is refused with the reason, and the typed text stays.
	await expect(desk.getByText(`“${reference}”`).first()).toBeVisible();
	await expect(desk.locator('[name=question]')).toHaveValue(/Senin pagi itu/);
	await expectAccessible(desk);
	await desk.locator('[name=question]').fill(QUESTION);
	await sendVerb(desk);
	await expect(desk.getByText('Belum dijawab').first()).toBeVisible();

	await openAndCheck(named, '/me');
	await openUntil(named, '/desk/notices', notice.nth(before));
	await notice.first().click();
	await expect(named.getByText(QUESTION)).toBeVisible();
	await expectAccessible(named);
	expect(await named.content()).not.toContain(reference);
	await named.locator('[name=answer]').fill('Saya sedang mengambil berkas di gudang sekitar sepuluh menit.');
	await named.getByRole('button', { name: 'Kirim jawaban' }).click();
	await expect(named.getByText('Jawaban Anda sudah dikirim')).toBeVisible();
	await expect(named.locator('[name=answer]')).toHaveCount(0);
	expect((await named.goto(`/desk/cases/${reference}`))?.status()).toBe(404);

	await openAtDesk(desk, reference);
	await expect(desk.getByText('mengambil berkas di gudang').first()).toBeVisible();
	await expectAccessible(desk);
});

test('a supervisor declines an objection, and the reporter reads the reason and other places to complain', async ({
	browser
}) => {
	const { reference, receipt } = await openCase({ kind: 'suggestion' });
	const note = 'Meja enam bukan milik kantor ini.';
	const archived = await act(reference, 'archive', { reason: 'out_of_scope', note });
	expect(archived.status).toBe('archived');

	const citizen = await phoneWithoutScripts(browser);
	await track(citizen, receipt);
	await citizen.getByRole('link', { name: 'Ajukan keberatan' }).click();
	const objection = citizen.locator('[name=body]');
	await objection.fill('Meja enam berdiri di ruang tunggu kantor ini.');
	await citizen.getByRole('button', { name: 'English' }).click();
	await expect(citizen.getByRole('heading', { name: 'Object' })).toBeVisible();
	await citizen.getByRole('button', { name: 'Bahasa Indonesia' }).click();
	await expect(objection).toHaveValue('Meja enam berdiri di ruang tunggu kantor ini.');
	await citizen.getByRole('button', { name: 'Kirim', exact: true }).click();
	await expect(citizen.getByText('Anda berkeberatan atas penutupan laporan')).toBeVisible();

	const supervisor = await signedIn(browser, 'penyelia.mamuju');
	const notice = supervisor.locator('li', { hasText: reference }).filter({ hasText: 'keberatan atas pengarsipan' });
	await openUntil(supervisor, '/desk/notices', notice);
	await notice.getByRole('link', { name: 'keberatan' }).click();
	await supervisor.getByRole('link', { name: 'Tolak keberatan' }).click();
	await expect(supervisor).toHaveURL(/\/objection$/);
	await openAndCheck(supervisor, `/desk/cases/${reference}/objection`);
	await supervisor.locator('[name=reason]').fill('Ruang tunggu itu dikelola gedung, bukan kantor ini.');
	await supervisor.locator('[name=confirmed]').check({ force: true });
	await supervisor.getByRole('button', { name: 'Tolak keberatan' }).click();
	await expect(supervisor.getByText('Keberatan ditolak. Laporan tetap diarsipkan.')).toBeVisible();
	await expect(supervisor.getByRole('link', { name: 'Tolak keberatan' })).toHaveCount(0);

	await citizen.goto('/lacak/laporan');
	await expect(citizen.getByText('Alasan: Ruang tunggu itu dikelola gedung, bukan kantor ini.')).toBeVisible();
	await expect(citizen.getByText('Ombudsman').first()).toBeVisible();
	await expect(citizen.getByRole('link', { name: 'Ajukan keberatan' })).toHaveCount(0);
});

test('a report about two matters is split, and its reporter opens both cases with one code', async ({ browser }) => {
	const { reference, receipt } = await openCase();
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, `/desk/cases/${reference}/split`);
	await desk.locator('[name=kind][value=suggestion]').check({ force: true });
	await desk.locator('[name=body]').fill('Kursi di ruang tunggu tidak cukup; mohon ditambah.');
	await desk.locator('[name=confirmed]').check({ force: true });
	await sendVerb(desk);
	const part = await desk.locator('#related a[href*="/desk/cases/"]').first().getAttribute('href');
	await desk.goto(String(part));
	await expect(desk.getByText('mohon ditambah').first()).toBeVisible();
	await expect(desk.locator('#related').getByText(reference)).toBeVisible();

	const citizen = await phoneWithoutScripts(browser);
	await track(citizen, receipt);
	const second = String(part).split('/').at(-1) ?? '';
	await expect(citizen.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(citizen.getByRole('heading', { name: 'Laporan yang terkait' })).toBeVisible();
	await citizen.getByRole('button', { name: `Buka ${second}` }).click();
	await expect(citizen.getByText('mohon ditambah').first()).toBeAttached();
	await citizen.getByRole('button', { name: `Buka ${reference}` }).click();
	await expect(citizen.getByText('Meja enam kosong').first()).toBeAttached();
});

test('a report of another office is moved there and leaves the desk', async ({ browser }) => {
	const { reference, receipt } = await openCase();
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, `/desk/cases/${reference}/unit`);
	await desk.locator('[name=unit]').selectOption('7601');
	await desk.locator('[name=reason]').fill('Kejadiannya di kantor Majene.');
	await sendVerb(desk);
	// Without the ticked box nothing is moved, and the typed text stays.
	await expect(desk.locator('[name=reason]')).toHaveValue('Kejadiannya di kantor Majene.');
	await desk.locator('[name=confirmed]').check({ force: true });
	await sendVerb(desk);
	await expect(desk).toHaveURL(/\/desk\?gone=/);
	const drafts = () => desk.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('spatula-draft:')));
	await expect.poll(drafts).toEqual([]);
	expect((await openAtDesk(desk, reference))?.status()).toBe(404);

	const otherOffice = await signedIn(browser, 'penangan.majene');
	await openAtDesk(otherOffice, reference);
	await expect(otherOffice.getByText('Kejadiannya di kantor Majene.').first()).toBeVisible();
	const citizen = await browser.newPage();
	await track(citizen, receipt);
	await expect(citizen.getByText('dipindahkan ke kantor yang menangani').first()).toBeVisible();
});

test('a supervisor raises the class with a reason that the reporter reads', async ({ browser }) => {
	const { reference, receipt } = await openCase();
	const handler = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(handler, reference, 'verification');
	await handler.locator('[name=category]').selectOption('behaviour');
	await sendVerb(handler);
	await openAndCheck(handler, `/desk/cases/${reference}/classification`);
	await expect(handler.locator('[name=class][value=oversight]')).toBeDisabled();
	await handler.locator('[name=priority]').selectOption('high');
	await sendVerb(handler);

	const supervisor = await signedIn(browser, 'penyelia.mamuju');
	await openAtDesk(supervisor, reference, 'classification');
	await supervisor.locator('[name=class][value=oversight]').check({ force: true });
	await supervisor.locator('[name=reason]').fill('Ada tanda pelanggaran disiplin yang perlu diperiksa.');
	await sendVerb(supervisor);
	await expect(supervisor.getByText('Berkadar pengawasan').first()).toBeVisible();
	const citizen = await browser.newPage();
	await track(citizen, receipt);
	await expect(citizen.getByText('pelanggaran disiplin yang perlu diperiksa').first()).toBeVisible();
	await expectAccessible(citizen);
});

test('a supervisor prints the dossier of an integrity case and the print is recorded; other reports have none', async ({
	browser
}) => {
	const { reference } = await openCase({ category: 'integrity' });
	const supervisor = await signedIn(browser, 'penyelia.sulbar');
	await openAndCheck(supervisor, `/desk/cases/${reference}/sealed`);
	const download = await downloaded(supervisor, supervisor.getByRole('button', { name: /Unduh untuk dicetak/ }));
	expect(download.suggestedFilename()).toBe(`rahasia-${reference}.pdf`);
	const dossier = await readPdf(await readFile(await download.path()));
	expect(dossier.pages).toBeGreaterThanOrEqual(2);
	await openAtDesk(supervisor, reference);
	await expect(supervisor.getByText('Dicetak tertutup untuk Inspektorat').first()).toBeVisible();

	const other = await openCase();
	const cookie = await sessionOf('penyelia.sulbar');
	const response = await submit(running().origin, `/desk/cases/${other.reference}/sealed/pdf`, {}, cookie);
	expect(response.status).toBe(403);
});

test('a step that a colleague took first names the colleague and leaves nothing to send', async ({ browser }) => {
	const { reference } = await openCase();
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	// The office has not asked the reporter, so the action to record an answer is in the list of rarer actions.
	const record = desk.getByRole('link', { name: 'Catat jawaban pelapor' });
	await expect(record).toBeHidden();
	await desk.getByText('Lainnya', { exact: true }).click();
	await expect(record).toBeVisible();

	await openAtDesk(desk, reference, 'verification');
	const colleague = await signedIn(browser, 'penangan2.mamuju');
	await openAtDesk(colleague, reference, 'verification');
	for (const [page, category] of [
		[colleague, 'facilities'],
		[desk, 'time']
	] as const) {
		await page.locator('[name=category]').selectOption(category);
		await sendVerb(page);
	}
	const name = account('penangan2.mamuju').name;
	await expect(panel(desk).getByRole('alert')).toContainText(`Laporan diverifikasi (${name})`);
	await expect(panel(desk).locator('[name=category]')).toHaveValue('time');
	await expect(panel(desk).locator('button')).toHaveCount(0);
	await expectAccessible(desk);
	await panel(desk).getByRole('link', { name: 'Tutup' }).click();
	await expect(desk).toHaveURL(new RegExp(`/desk/cases/${reference}$`));
});
