import { openCase } from './support/cases.ts';
import {
	expectAccessible,
	expectFits,
	fill,
	fillReport,
	mailTo,
	phoneWithoutScripts,
	readReceipt,
	signedIn,
	track,
	WIDE
} from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

const DATA = '/lacak/laporan/data';
const REGISTER = '/admin/privacy/requests';

/** Asks on the tracking page, in the window in which the report is open. */
async function ask(phone: Page, kind: string, fields: Record<string, string> = {}): Promise<void> {
	await phone.goto(DATA);
	await phone.locator(`[name=kind][value=${kind}]`).check({ force: true });
	await fill(phone, fields);
	await phone.getByRole('button', { name: 'Kirim permintaan' }).click();
}

/** Opens the waiting request of a report in the register. */
async function openRequest(desk: Page, kind: string, reference: string): Promise<void> {
	await desk.goto(`${REGISTER}?kind=${kind}`);
	await desk.getByRole('row', { name: reference }).getByRole('link').first().click();
	await expect(desk.getByText('Yang harus dilakukan')).toBeVisible();
}

async function decide(desk: Page, decision: 'grant' | 'refuse', fields: Record<string, string> = {}): Promise<void> {
	await desk.locator(`[name=decision][value=${decision}]`).check({ force: true });
	await fill(desk, fields);
	await desk.getByRole('button', { name: 'Putuskan' }).click();
}

test('requests go from the phone to the register and back, one granted and one refused', async ({ browser }) => {
	const reporter = { name: 'Pelapor Contoh 7', phone: '081234567897' };
	const { reference, receipt } = await openCase({ identity: 'named', reporter });
	const phone = await phoneWithoutScripts(browser);
	await phone.setViewportSize({ width: 360, height: 740 });
	await track(phone, receipt);
	await phone.getByRole('link', { name: 'Data pribadi saya' }).click();
	// Each choice shows only its own fields.
	await expect(
		phone.getByRole('radio', { name: 'Cabut laporan (datanya dihapus setelah masa simpannya habis)' })
	).toBeAttached();
	for (const [kind, shows] of [
		['contact', 'phone'],
		['report', 'sure']
	] as const) {
		await expect(phone.locator(`[name=${shows}]`)).toBeHidden();
		await phone.locator(`[name=kind][value=${kind}]`).check({ force: true });
		await expect(phone.locator(`[name=${shows}]`)).toBeVisible();
	}
	await ask(phone, 'correction');
	await expect(phone.getByText('Jelaskan sedikitnya 10 karakter').first()).toBeVisible();
	await ask(phone, 'correction', { words: 'Nama saya seharusnya Pelapor Contoh Tujuh.' });
	await expect(phone.getByText('Permintaan tercatat.')).toBeVisible();
	await ask(phone, 'report');
	await expect(phone.getByText('Centang bahwa Anda mengerti akibatnya.').first()).toBeVisible();
	await phone.locator('[name=sure]').check();
	await phone.getByRole('button', { name: 'Kirim permintaan' }).click();
	await expect(phone.getByText('Menunggu keputusan')).toHaveCount(2);
	await expectFits(phone);

	const desk = await signedIn(browser, 'administrator.mamuju', { viewport: WIDE });
	await desk.goto(REGISTER);
	await expectAccessible(desk);
	await openRequest(desk, 'correction', reference);
	await expect(desk.getByText('Nama saya seharusnya')).toBeVisible();
	await expect(desk.getByText('Meja enam kosong')).toHaveCount(0);
	await decide(desk, 'grant', { name: 'Pelapor Contoh Tujuh' });
	await expect(desk.getByText('Dikabulkan').first()).toBeVisible();
	await openRequest(desk, 'report', reference);
	await decide(desk, 'refuse');
	await expect(desk.getByText('Sebutkan pasal yang menjadi dasar').first()).toBeVisible();
	const ground = 'UU 27/2022 Pasal 15 ayat (1) huruf c';
	await decide(desk, 'refuse', { ground, reason: 'Dugaan ini wajib diperiksa sampai selesai.' });
	await expect(desk.getByText('Ditolak').first()).toBeVisible();

	// The page on the phone still offers to cancel the decided requests. After the refusal, the form still works.
	await phone.getByText('Batalkan permintaan').first().click();
	await phone.getByRole('button', { name: 'Ya, batalkan' }).click();
	await expect(phone.getByRole('alert')).toBeFocused();
	await expect(phone.locator('[name=submission_id]')).not.toHaveValue('');
	await phone.goto(DATA);
	await expect(phone.getByText('Dikabulkan', { exact: true })).toBeVisible();
	await expect(phone.getByText(ground)).toBeVisible();
	await phone.goto('/lacak/laporan');
	await expect(phone.getByText('Nama pelapor diperbaiki')).toBeVisible();
	await expect(phone.getByText('Dugaan ini wajib diperiksa').first()).toBeVisible();
});

test('staff record a checked person at the counter, and a granted restriction shows on the case', async ({
	browser
}) => {
	const { reference } = await openCase();
	const counter = await signedIn(browser, 'penangan.mamuju');
	await counter.goto(`${REGISTER}/new?reference=${reference}`);
	await counter.locator('[name=kind][value=restriction]').check({ force: true });
	await counter.locator('[name=check][value=receipt]').check({ force: true });
	await counter.locator('[name=check_note]').fill('Kode rahasia ditunjukkan di loket.');
	await counter.getByRole('button', { name: 'Catat permintaan' }).click();
	await expect(counter.getByText('Pemohon membuka laporannya sendiri dengan kode rahasia')).toBeVisible();
	await expect(counter.getByText('Penanggung jawab data pribadi atau administrator')).toBeVisible();
	await expectAccessible(counter);

	const admin = await signedIn(browser, 'administrator.mamuju');
	await openRequest(admin, 'restriction', reference);
	await decide(admin, 'grant');
	await expect(admin.getByText('Pemrosesan dibatasi').first()).toBeVisible();
	await counter.goto(`/desk/cases/${reference}`);
	await expect(counter.getByText('Dibatasi atas permintaan pelapor sejak')).toBeVisible();
});

test('a new contact is used only after the current e-mail address has confirmed it', async ({ browser }) => {
	const address = `lama.${Date.now()}@contoh.invalid`;
	const phone = await browser.newPage();
	await phone.goto('/mamuju/pengaduan');
	const reporter = { 'reporter.name': 'Pelapor Contoh 8', 'reporter.email': address };
	await fillReport(phone, 'Kursi tunggu di ruang layanan rusak dan tidak diganti.', 'named', reporter);
	await phone.locator('form[method=POST] button.primary').last().click();
	const { receipt } = await readReceipt(phone);
	await track(phone, receipt);
	await ask(phone, 'contact', { email: `baru.${Date.now()}@contoh.invalid` });
	await expect(phone.getByText('Kami mengirim tautan konfirmasi ke e-mail lama.')).toBeVisible();

	const text = await mailTo(browser, address, 'konfirmasi kontak baru');
	const link = /\S+\/lacak\/kontak\/\S+/.exec(text)?.[0] ?? '';
	const other = await browser.newPage();
	await other.goto(link);
	await expectAccessible(other);
	await phone.goto(DATA);
	await expect(phone.getByText('Menunggu konfirmasi')).toBeVisible();
	await other.getByRole('button', { name: 'Ya, pakai kontak baru' }).click();
	await expect(other.getByText('Kontak baru dipakai mulai sekarang.')).toBeVisible();
	// A second tap, or a reload after a lost answer.
	await other.goto(link);
	await expect(other.getByText('Kontak baru dipakai mulai sekarang.')).toBeVisible();
	await phone.goto(DATA);
	await expect(phone.getByText('Dikabulkan', { exact: true })).toBeVisible();
});
