import { openForwardingOffice, type ForwardingOffice } from './support/forwarding-office.ts';
import { expectAccessible, fill, openUntil, track, openAndCheck } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

test.describe.configure({ mode: 'serial' });

const NAME = 'Menunggu Verifikasi Instansi';

let office: ForwardingOffice;
let page: Page;

test.beforeAll(async ({ browser }) => {
	office = await openForwardingOffice();
	page = await office.signedIn(browser);
});
test.afterAll(async () => {
	await office?.stop();
});
test.afterEach(() => office.changeRequests());

const button = (name: string) => page.getByRole('button', { name, exact: true });

/** Reloads a page until it shows a text. */
const until = (path: string, words: string): Promise<void> =>
	openUntil(page, path, page.locator('main').getByText(words).filter({ visible: true }).first());

async function idAtLapor(reference: string): Promise<number> {
	await expect(async () => expect(await office.reports(reference)).toHaveLength(1)).toPass({ timeout: 30_000 });
	return (await office.reports(reference))[0]?.id ?? 0;
}

test('an unknown status becomes a task; once its meaning is set, case and reporter see it', async ({ browser }) => {
	await page.goto('/admin/lapor/status');
	await expect(page.getByText('Tidak ada nama status yang menunggu')).toBeVisible();
	await openAndCheck(page, '/admin/lapor/status', 360, 1440);

	const { reference, receipt, page: forward } = await office.forwarded();
	const id = await idAtLapor(reference);
	await until(forward, 'Terkirim');
	await office.atLapor(id, 'status', { status_name: NAME, note: 'Ditelaah; hubungi 0812-9876-5432.' });
	await until(forward, 'Perlu dikerjakan');
	await expect(page.locator('.with-side .notice').first()).toContainText('Perlu dikerjakan');
	await expect(page.locator('main')).toContainText('nama status yang belum dikenal');
	const citizen = await browser.newPage({ baseURL: office.origin });
	await track(citizen, receipt);
	await expect(citizen.getByText(NAME)).toHaveCount(0);

	await page.goto('/admin');
	await expect(page.getByText('1 nama status dari SP4N-LAPOR! belum punya arti')).toBeVisible();
	await page.goto('/desk/escalations');
	await expect(page.getByText('1 nama status dari SP4N-LAPOR! belum punya arti')).toBeVisible();
	await page.goto(forward);
	await page.getByRole('link', { name: 'Tetapkan artinya' }).click();
	await expect(page).toHaveURL('/admin/lapor/status');
	await expect(page.locator('main')).toContainText('1 penerusan menunggu sejak');
	// Phone numbers are hidden from administrators of settings.
	await expect(page.locator('blockquote')).toHaveText('Ditelaah; hubungi [nomor telepon].');
	await openAndCheck(page, '/admin/lapor/status', 360, 1440);
	await button('Tetapkan dan terapkan').click();
	await expect(page.locator('#errors')).toContainText('Pilih arti dari daftar');
	await expectAccessible(page);
	await page.getByLabel('Dalam proses').check();
	await button('Tetapkan dan terapkan').click();
	await expect(page.getByRole('status')).toContainText('sudah diterapkan: 1');
	await expect(page.getByRole('table')).toContainText(NAME.toLowerCase());
	await openAndCheck(page, '/admin/lapor/status', 360, 1440);

	await page.goto(forward);
	await expect(page.getByText('Perlu dikerjakan')).toHaveCount(0);
	await expect(page.locator('main')).toContainText(NAME);
	await citizen.reload();
	await expect(citizen.getByText(NAME).first()).toBeVisible();

	await page.goto('/admin/lapor/status');
	await page.getByText('Betulkan', { exact: true }).last().click();
	await expect(page.getByText('Pembetulan berlaku untuk kabar sejak sekarang')).toBeVisible();
	await page.locator('select[name=meaning]').selectOption('postponed');
	await expectAccessible(page);
	await button('Simpan').click();
	await expect(page.getByRole('table')).toContainText('Ditunda');
	await page.goto('/admin/log');
	await expect(page.getByText('menetapkan arti status SP4N-LAPOR!')).toHaveCount(2);
});

test('LAPOR’s lists are downloaded, and an institution is found in them with and without scripts', async ({
	browser
}) => {
	await page.goto('/admin/lapor');
	await button('Baca ulang sekarang').click();
	await expect(page.locator('#lists')).toContainText('9 baris');
	await expect(page.locator('#lists')).toContainText('3 baris');
	await openAndCheck(page, '/admin/lapor', 360, 1440);

	const { reference } = await office.complaint();
	const address = `/desk/cases/${reference}/escalation?purpose=transfer`;
	await page.goto(address);
	const box = page.getByRole('combobox', { name: 'Instansi yang berwenang' });
	await box.pressSequentially('kab maj');
	// A person who goes on at once does not find the list over the next fields.
	await box.press('Tab');
	await page.waitForTimeout(1000);
	await expect(box).toHaveAttribute('aria-expanded', 'false');
	await box.press('ArrowDown');
	await expect(page.getByRole('option')).toHaveCount(1);
	await expect(box).toHaveAttribute('aria-expanded', 'true');
	await expectAccessible(page);
	await box.press('ArrowDown');
	await expectAccessible(page);
	await box.press('Enter');
	await expect(box).toHaveValue('Pemerintah Kabupaten Majene');
	await expect(page.getByText('nomor 200103')).toBeVisible();
	// Sent with an ambiguous name, the form is shown again with choices, as without scripts.
	await box.fill('pemkab');
	await page.locator('[name=reason]').fill('Bukan kewenangan BPS.');
	await button('Kirim ke SP4N-LAPOR!').click();
	await expect(page.locator('[name=institution_id]')).toHaveCount(3);
	await expectAccessible(page);
	// Another purpose keeps what was typed, and hides the institution.
	await page.getByLabel('Catat di SP4N-LAPOR!').check();
	await expect(page.locator('[name=institution]')).toBeHidden();
	await page.getByLabel('Limpahkan ke instansi lain').check();
	await expect(page.locator('[name=institution]')).toHaveValue('pemkab');
	await expect(page.locator('[name=reason]')).toHaveValue('Bukan kewenangan BPS.');
	// Typed text stays in the browser until it is sent.
	await page.locator('[name=title]').fill('Antrean loket satu');
	await page.goto(`/desk/cases/${reference}`);
	await page.goto(address);
	await expect(page.locator('[name=title]')).toHaveValue('Antrean loket satu');
	await button('Buang teks ini').click();

	const storageState = await page.context().storageState();
	const plain = await browser.newPage({ baseURL: office.origin, storageState, javaScriptEnabled: false });
	await plain.goto(address.replace('?purpose=transfer', ''));
	await plain.locator('[name=title]').fill('Antrean loket dua');
	await plain.getByLabel('Limpahkan ke instansi lain').check();
	await expect(plain.locator('[name=title]')).toHaveValue('Antrean loket dua');
	await fill(plain, { institution: 'mamuju pemerintah', reason: 'Bukan kewenangan BPS.' });
	await plain.getByRole('button', { name: 'Kirim ke SP4N-LAPOR!' }).click();
	// Sent with an unknown name, the form is shown again with similar names and everything typed.
	await expect(plain.locator('#institution-error')).toBeVisible();
	await expect(plain.locator('[name=reason]')).toHaveValue('Bukan kewenangan BPS.');
	await plain.locator('[name=institution]').fill('pemkab');
	await plain.getByRole('button', { name: 'Cari instansi' }).click();
	await expect(plain.locator('[name=institution_id]')).toHaveCount(3);
	await plain.getByLabel('Pemerintah Kabupaten Mamuju').check();
	await plain.getByRole('button', { name: 'Lihat permintaan persis' }).click();
	await expect(plain.locator('#request')).toContainText('"disposition_id": 200102');
	await expect(plain.locator('#request')).toContainText('"title": "Antrean loket dua"');
	await expect(plain.locator('#request')).toContainText('token: •••');
	await expect(plain.locator('[name=title]')).toHaveValue('Antrean loket dua');
	await expect(plain.locator('[name=institution]')).toHaveValue('Pemerintah Kabupaten Mamuju');
	expect(await office.reports(reference)).toEqual([]);
	await plain.getByRole('button', { name: 'Kirim ke SP4N-LAPOR!' }).click();
	await expect(plain).toHaveURL(/done=forwarded/);
	expect((await office.reports(reference)).length).toBeLessThanOrEqual(1);
	await idAtLapor(reference);
	expect((await office.reports(reference))[0]?.payload.disposition_id).toBe(200_102);
});

test('LAPOR ids per target and options are stored, checked by field, and shown in the log', async () => {
	await page.goto('/admin/lapor/7604');
	await expect(page.locator('main')).toContainText('Menurut daftar SP4N-LAPOR!: BPS Kabupaten Mamuju.');
	await page.locator('[name="ids.template"]').selectOption('TL-03');
	await button('Simpan').click();
	await expect(page.getByRole('status')).toBeVisible();
	await openAndCheck(page, '/admin/lapor/7604', 360, 1440);

	await page.goto('/admin/lapor/7604/targets');
	await fill(page, { target: 'Pemerintah Kabupaten Mamuju', id: 'lima' });
	await button('Simpan nomor ini').click();
	await expect(page.locator('#id-error')).toBeVisible();
	await page.locator('[name=id]').fill('512');
	await page.locator('[name=category]').selectOption('time');
	await button('Simpan nomor ini').click();
	await expect(page.getByRole('row', { name: /Pemerintah Kabupaten Mamuju \(200102\)/ })).toContainText('512');
	await openAndCheck(page, '/admin/lapor/7604/targets', 360, 1440);
	const { reference } = await office.complaint();
	await page.goto(`/desk/cases/${reference}/escalation?purpose=transfer`);
	await page.locator('[name=institution]').fill('200102');
	await button('Lihat permintaan persis').click();
	await expect(page.locator('#request')).toContainText('"category_id": 512');
	await openAndCheck(page, `/desk/cases/${reference}/escalation`, 360, 1440);
	await page.goto('/admin/lapor/7604/targets');
	await page.getByRole('button', { name: /^Hapus / }).click();
	await expect(page.getByText('Belum ada. Semua instansi')).toBeVisible();

	await page.goto('/admin/lapor/options');
	await openAndCheck(page, '/admin/lapor/options', 360, 1440);
	await page.locator('[name=isApproval]').check();
	await page.locator('[name=infoDisposition]').fill('Mohon ditelaah.');
	await button('Simpan').click();
	await page.goto(`/desk/cases/${reference}/escalation`);
	await button('Lihat permintaan persis').click();
	await expect(page.locator('#request')).toContainText('"is_approval": true');
	await expect(page.locator('#request')).toContainText('"info_disposition": "Mohon ditelaah."');
	await page.goto('/admin/log');
	await expect(page.getByText('mengubah pengaturan pengiriman SP4N-LAPOR!').first()).toBeVisible();
});

test('a header that the service rejects is named, with what to check', async () => {
	await page.goto('/admin/lapor');
	office.changeRequests(({ headers }) => {
		delete headers.token;
	});
	await button('Coba sambungan').click();
	await expect(page.getByRole('alert')).toContainText('Header token tidak diterima (401).');
	await expect(page.getByRole('alert')).toContainText('Periksa LAPOR_TOKEN');
	await expectAccessible(page);
	office.changeRequests(({ headers }) => {
		headers.auth = headers.authorization;
		delete headers.authorization;
	});
	await office.forwarded();
	await until('/admin/lapor', 'Pengiriman dihentikan');
	await button('Coba sambungan').click();
	await expect(page.getByRole('alert')).toContainText('Kunci bearer tidak diterima (401).');
	// The alarm names the present fault, not the one that first halted the connection.
	await page.goto('/admin/lapor');
	await expect(page.locator('main')).toContainText(
		'Periksa LAPOR_AUTH_HEADER: Authorization (pengembangan) atau auth (produksi)'
	);
	await openAndCheck(page, '/admin/lapor', 360, 1440);
	office.changeRequests();
	await button('Coba sambungan').click();
	await expect(page.getByText('Tersambung dalam')).toBeVisible();
	await expect(page.locator('main')).not.toContainText('Pengiriman dihentikan');
});
