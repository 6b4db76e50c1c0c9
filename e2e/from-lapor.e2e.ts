import { readFile } from 'node:fs/promises';
import { act, openCase, tokenFor } from './support/cases.ts';
import { running } from './support/journey.ts';
import { downloaded, checkPagesInFullRun, openAtDesk, signedIn, openAndCheck } from './support/pages.ts';
import { api, today } from './support/site.ts';
import { expect, test, type Page } from './support/test.ts';

let last = 3_100_000 + Math.floor(Math.random() * 1_000_000);
const nextNumber = () => String(++last);

/** Calls a verb of a case by the API as a person of the office. */
async function actAs(account: string, reference: string, verb: string, input: Record<string, unknown>): Promise<void> {
	const unit = account.slice(account.indexOf('.') + 1);
	await act(reference, verb, input, {
		token: await tokenFor(account, unit, ['cases:read', 'cases:handle', 'escalations:write'])
	});
}

async function verifiedCase(unit: string, title: string): Promise<string> {
	const body = 'Antrean di loket konsultasi tidak bergerak selama satu jam.';
	const { reference } = await openCase({ unit, title, body });
	await actAs(`penangan.${unit}`, reference, 'verification', { category: 'time', class: 'plain' });
	return reference;
}

async function enter(page: Page, laporId: string, content: string): Promise<void> {
	await page.goto('/desk/inbound');
	await page.getByRole('link', { name: 'Catat satu laporan' }).click();
	await page.getByLabel('Nomor SP4N-LAPOR!').fill(laporId);
	await page.getByLabel('Isi laporan').fill(content);
	await page.getByRole('button', { name: 'Simpan' }).click();
}

test('a report that contains our number is attached to its case and opens none', async ({ browser }) => {
	const reference = await verifiedCase('majene', 'Antrean yang diteruskan');
	await actAs('penangan.majene', reference, 'escalations', { purpose: 'record', reason: 'Dicatat untuk uji.' });
	const page = await signedIn(browser, 'penangan.majene');
	const number = nextNumber();
	await enter(page, `https://www.lapor.go.id/laporan/${number}`, `Diteruskan kembali. ${reference}.01`);
	await expect(page.getByRole('status')).toContainText(`Tersimpan pada laporan ${reference}`);
	await openAtDesk(page, reference);
	// A forward that has not been sent yet takes this number too.
	const facts = page.getByRole('region', { name: 'Data laporan' });
	await expect(facts.getByRole('link', { name: `#${number}` })).toBeVisible();
	await expect(page.getByText('Diteruskan SP4N-LAPOR! ke kantor ini').first()).toBeAttached();
	// The same LAPOR number again shows the case that has it.
	await enter(page, `#${number}`, 'Teks yang lain sama sekali, tanpa nomor.');
	await expect(page.getByRole('status')).toContainText(`sudah tercatat pada laporan ${reference}`);
});

test('a report without our number opens a case; its answer waits to be copied to LAPOR', async ({ browser }) => {
	const page = await signedIn(browser, 'penangan.majene');
	const number = nextNumber();
	await page.goto('/desk/inbound/new');
	await page.getByLabel('Nomor SP4N-LAPOR!').fill('12');
	await page.getByLabel('Isi laporan').fill('Loket tutup lebih awal dari jam yang tertulis di pintu.');
	await page.getByRole('button', { name: 'Simpan' }).click();
	await expect(page.getByRole('alert')).toContainText('4 sampai 10 angka');
	await expect(page.getByLabel('Isi laporan')).toHaveValue(/Loket tutup/);
	await page.getByLabel('Nomor SP4N-LAPOR!').fill(number);
	await page.getByRole('button', { name: 'Simpan' }).click();
	await expect(page).toHaveURL(/\/desk\/cases\/SPATULA-7601-\d{2}-\d{6}/);
	const reference = /SPATULA-7601-\d{2}-\d{6}/.exec(page.url())?.[0] ?? '';
	await actAs('penangan.majene', reference, 'verification', { category: 'time', class: 'plain' });
	await openAtDesk(page, reference);
	await expect(page.getByRole('link', { name: 'Teruskan ke SP4N-LAPOR!' })).toHaveCount(0);
	await openAtDesk(page, reference, 'escalation');
	await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);

	const { body: shown } = await api(running().origin, `/cases/${reference}`);
	expect(shown.channel).toBe('lapor');
	await actAs('penangan.majene', reference, 'answer', {
		body: 'Jam pada pintu sudah kami perbaiki.',
		action: 'Papan jam layanan di pintu diganti.',
		action_on: today()
	});
	await actAs('penyelia.majene', reference, 'approval', { decision: 'approve' });

	await page.goto('/desk/inbound?view=answer_missing');
	await page
		.getByRole('row', { name: new RegExp(number) })
		.getByRole('link')
		.first()
		.click();
	await expect(page.getByText('Jam pada pintu sudah kami perbaiki.')).toBeVisible();
	await openAndCheck(page, new URL(page.url()).pathname);
	await expect(page.locator('[name=settled]')).toHaveValue(/^\d{4}-/);
	await page.getByRole('button', { name: 'Sudah saya tulis di SP4N-LAPOR!' }).click();
	await expect(page.getByRole('status')).toContainText('sudah ditulis di SP4N-LAPOR!');
	await page.goto('/desk/inbound?view=answer_missing');
	await expect(page.getByText(`#${number}`)).toHaveCount(0);
});

test('a table is checked line by line before anything is stored, and no line is stored twice', async ({ browser }) => {
	const page = await signedIn(browser, 'penangan.majene');
	await checkPagesInFullRun(page, '/desk/inbound/table');
	const reference = await verifiedCase('majene', 'Antrean dari tabel');
	const [fresh, ours] = [nextNumber(), nextNumber()];
	const table = [
		'\uFEFFNomor;Tanggal diterima;Judul;Isi',
		`${fresh};${today()};Loket penuh;Loket penuh sejak pagi, dan tidak ada nomor antrean.`,
		`#${ours};${today()};Lanjutan;Lanjutan dari ${reference}.`,
		`${fresh};${today()};Loket penuh;Loket penuh sejak pagi, dan tidak ada nomor antrean.`,
		`12;${today()};Salah;=2+3 bukan isi laporan yang benar.`
	].join('\r\n');
	const upload = async () => {
		await page.goto('/desk/inbound/table');
		await page
			.getByLabel('Berkas CSV')
			.setInputFiles({ name: 'lapor.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
		await page.getByRole('button', { name: 'Periksa tabel' }).click();
	};
	await upload();
	await expect(page.getByRole('status')).toContainText('2 dari 4 baris akan disimpan. Belum ada yang disimpan.');
	await expect(page.getByText('Sama dengan baris 2')).toBeVisible();
	await expect(page.getByText('4 sampai 10 angka')).toBeVisible();
	await page.getByRole('button', { name: 'Simpan 2 baris' }).click();
	await expect(page.getByRole('status')).toContainText('2 dari 4 baris disimpan.');
	await expect(page.getByRole('link', { name: reference })).toBeVisible();
	const download = await downloaded(page, page.getByRole('button', { name: 'Unduh baris yang perlu diperbaiki' }));
	const back = await readFile(await download.path(), 'utf8');
	expect(back).toContain("'=2+3");
	expect(back).not.toContain(fresh);
	await upload();
	await expect(page.getByRole('status')).toContainText('Tidak ada baris yang dapat disimpan.');
	await expect(page.getByText('Sudah tercatat')).toHaveCount(2);
});

test('an office that records all complaints at LAPOR records the missing ones, and their count goes down', async ({
	browser
}) => {
	const admin = await signedIn(browser, 'administrator.sulbar');
	await admin.goto('/admin/lapor/7603');
	await admin.locator('[name=recordAllAtLapor]').check();
	await admin.getByRole('button', { name: 'Simpan' }).first().click();

	const page = await signedIn(browser, 'penangan.mamasa');
	const second = `Antrean kedua ${nextNumber()}`;
	for (const title of ['Antrean pertama', second]) await verifiedCase('mamasa', title);
	const count = async () => {
		await page.goto('/desk/unrecorded');
		const label = await page.getByRole('link', { name: /^Wajib dicatat/ }).innerText();
		return Number(/\d+/.exec(label)?.[0]);
	};
	const before = await count();
	expect(before).toBeGreaterThan(1);
	await page.getByRole('link', { name: second }).click();
	await expect(page.getByRole('heading', { name: second, level: 1 })).toBeVisible();
	await expect(page.getByText('Belum tercatat di SP4N-LAPOR!')).toBeVisible();

	await count();
	await page.getByRole('link', { name: 'Mulai dari yang paling lama' }).click();
	await expect(page).toHaveURL(/escalation\?queue=duty/);
	const oldest = /SPATULA-[\d-]+/.exec(page.url())?.[0] ?? '';
	await page.locator('form').getByRole('button', { name: 'Kirim ke SP4N-LAPOR!' }).click();
	await expect(page.getByRole('status').filter({ hasText: `${oldest} sedang dikirim` })).toBeVisible();
	await expect(page).toHaveURL(/escalation\?queue=duty/);
	expect(page.url()).not.toContain(`cases/${oldest}`);
	expect(await count()).toBe(before - 1);

	await page.getByRole('link', { name: 'Mulai dari yang paling lama' }).click();
	for (let remaining = before - 1; remaining > 0; remaining--)
		await page.getByRole('link', { name: 'Lewati, berikutnya' }).click();
	await expect(page.getByRole('status')).toContainText('sampai di akhir daftar');
});
