import { submit } from '../scripts/site/client.ts';
import { running, sessionOf } from './support/journey.ts';
import { expect, test, type Page } from './support/test.ts';
import { expectAccessible, fill, signedIn, openAndCheck } from './support/pages.ts';
import { expectNoMetadata, photoFile } from './support/photo.ts';

const saved = (page: Page) => expect(page.getByRole('status').filter({ hasText: 'Tersimpan.' })).toBeVisible();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
/** Presses a button and waits until the form is stored. */
const save = async (page: Page, name: string) => {
	await press(page, name);
	await saved(page);
};
/** Part of every name that these tests create, so that they can run twice on one database. */
const suffix = Math.random().toString(36).slice(2, 8);

test('a supervisor approves a new colleague’s role and prints the link, which works once', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	const username = `baru.${suffix}`;
	await admin.goto('/admin/people/new');
	await fill(admin, { name: `Pegawai ${suffix}`, username: 'ada spasi' });
	await admin.locator('#roles').check();
	await press(admin, 'Tambah akun');
	await expect(admin.getByRole('alert')).toContainText('Nama pengguna');
	await expect(admin.locator('[name=name]')).toHaveValue(`Pegawai ${suffix}`);
	await expect(admin.locator('#roles')).toBeChecked();
	await admin.locator('[name=username]').fill(username);
	await save(admin, 'Tambah akun');
	const person = admin.url();
	await expect(admin.getByRole('region', { name: 'Menunggu penyelia' })).toContainText('Penangan');
	await expect(admin.getByText('bersama persetujuan perannya')).toBeVisible();
	await expect(admin.getByRole('button', { name: 'Minta tautan kata sandi' })).toHaveCount(0);
	await expectAccessible(admin);

	const head = await signedIn(browser, 'penyelia.mamuju');
	await head.goto('/desk/approvals');
	await head.getByText(/^Perubahan akses: \d+$/).click();
	await head.getByRole('link', { name: 'Peran baru: Penangan' }).first().click();
	const change = head.getByRole('article', { name: 'Peran baru: Penangan' }).filter({ hasText: username });
	await expect(change).toContainText('Diminta');
	await change.getByText('Setujui…').focus();
	await head.keyboard.press('Enter');
	await expectAccessible(head);
	await change.getByRole('button', { name: 'Setujui dan tampilkan tautan untuk dicetak' }).focus();
	await head.keyboard.press('Enter');
	await head.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await head.getByRole('button', { name: 'Salin', exact: true }).click();
	await expect(head.getByRole('button', { name: 'Tersalin' })).toBeVisible();
	const link = await head.evaluate(() => navigator.clipboard.readText());
	expect(link).toBe(await head.locator('#link').textContent());
	await expectAccessible(head);
	expect(head.url()).not.toContain('sandi');
	await openAndCheck(head, '/me/access?view=ended');
	await expect(head.getByRole('article').filter({ hasText: username }).first()).toContainText(
		'Disetujui Penyelia Contoh Mamuju'
	);

	const colleague = await browser.newPage();
	await colleague.goto(link);
	await expectAccessible(colleague);
	await fill(colleague, { password: 'pelabuhan lama mamuju', again: 'pelabuhan lama' });
	await press(colleague, 'Simpan kata sandi');
	await expect(colleague.getByText('Kedua kata sandi tidak sama.').first()).toBeVisible();
	await fill(colleague, { password: 'pelabuhan lama mamuju', again: 'pelabuhan lama mamuju' });
	await press(colleague, 'Simpan kata sandi');
	await expect(colleague.getByText('Kata sandi baru tersimpan.')).toBeVisible();
	await fill(colleague, { username, password: 'pelabuhan lama mamuju' });
	await press(colleague, 'Masuk');
	await expect(colleague).toHaveURL(/\/desk/);
	expect((await colleague.goto(link))?.status()).toBe(404);
	expect((await colleague.goto('/admin'))?.status()).toBe(403);

	await admin.goto(person);
	await press(admin, 'Minta tautan kata sandi');
	await expect(admin.getByRole('status')).toContainText('menunggu persetujuan penyelia');
	await expect(admin.locator('#link')).toHaveCount(0);
	await expectAccessible(admin);
	await openAndCheck(admin, '/me/access');
	const request = admin.getByRole('article', { name: 'Tautan kata sandi' }).filter({ hasText: username });
	await expect(request.getByText('Setujui…')).toHaveCount(0);
	await request.getByText('Tarik kembali…').click();
	await request.getByRole('button', { name: 'Tarik kembali', exact: true }).click();
	await expect(admin.getByRole('status')).toContainText('Keputusan tersimpan.');
	await expect(request).toHaveCount(0);

	await admin.goto(person);
	await admin.getByText('Keluarkan dari semua perangkat').first().click();
	await save(admin, 'Keluarkan dari semua perangkat');
	await colleague.goto('/desk');
	await expect(colleague).toHaveURL(/\/login\?next=%2Fdesk/);
	await admin.getByRole('link', { name: 'Serahkan pekerjaan dan nonaktifkan akun' }).click();
	await expect(admin.getByText('Laporan yang belum selesai')).toBeVisible();
	await openAndCheck(admin, new URL(admin.url()).pathname, 360, 1440);
	await expect(admin.getByText('Laporan yang belum selesai')).toBeVisible();
	await press(admin, 'Serahkan dan nonaktifkan');
	await expect(admin.getByRole('status')).toContainText('Akun ini sekarang nonaktif.');
	await expect(admin.getByRole('checkbox', { name: 'Aktifkan lagi akun ini' })).not.toBeChecked();
	await expect(admin.getByText('Kata sandi dan perangkat')).toHaveCount(0);
	await fill(colleague, { username, password: 'pelabuhan lama mamuju' });
	await press(colleague, 'Masuk');
	await expect(colleague.getByRole('alert')).toContainText('akun ini tidak aktif');
	await admin.goto('/admin/log');
	await expect(admin.getByText('menyerahkan pekerjaan akun').first()).toBeVisible();
	await expect(admin.getByText('mengeluarkan akun').first()).toBeVisible();
});

test('an officer’s photo has no metadata; a place’s code is printed, replaced and withdrawn', async ({ browser }) => {
	const page = await signedIn(browser, 'administrator.mamuju');
	await page.goto('/admin/officers/new');
	await page.locator('[name=name]').fill(`Petugas ${suffix}`);
	await save(page, 'Tambah petugas');
	await page.getByRole('link', { name: 'Foto', exact: true }).click();
	await page.locator('[name=file]').setInputFiles(await photoFile('potret.jpg'));
	await save(page, 'Simpan foto');
	const source = (await page.locator('main img').getAttribute('src')) ?? '';
	const portrait = await page.request.get(source);
	expect(portrait.headers()['content-type']).toBe('image/jpeg');
	await expectNoMetadata(await portrait.body());

	await page.goto('/admin/places/new');
	await page.locator('[name=name]').fill(`Meja ${suffix}`);
	await page.locator('[name=kind]').selectOption('desk');
	await page.locator('[name=officerId]').selectOption({ label: `Petugas ${suffix}` });
	await save(page, 'Tambah lokasi QR');
	await expectAccessible(page);
	const code = (await page.locator('#code').textContent()) ?? '';
	const place = page.url().split('?')[0] ?? '';
	for (const [file, type] of Object.entries({ 'a4.pdf': 'application/pdf', 'a6.svg': 'image/svg+xml' })) {
		const sheet = await page.request.get(`${place}/sheet/${file}`);
		expect([sheet.status(), sheet.headers()['content-type']]).toEqual([200, type]);
		if (type.endsWith('xml')) expect(await sheet.text()).not.toContain(`Petugas ${suffix}`);
	}
	await page.getByText('Ganti kode…').click();
	await save(page, 'Ganti kode');
	await expect(page.locator('#code')).not.toHaveText(code);
	const renewed = (await page.locator('#code').textContent()) ?? '';
	expect((await page.request.get(`/q/${code}`, { maxRedirects: 0 })).status()).toBe(410);
	expect((await page.request.get(`/q/${renewed}`, { maxRedirects: 0 })).status()).toBe(303);
	await page.getByText('Tarik dari pemakaian…').click();
	await save(page, 'Tarik kode');
	await expect(page.getByText(renewed)).toBeVisible();
});

test('changes of offices, calendar, deadlines and LAPOR ids are in the log', async ({ browser }) => {
	const page = await signedIn(browser, 'administrator.sulbar');
	await page.goto('/admin/units/7601');
	await fill(page, { slug: 'login', phone: '0422 000 000' });
	await press(page, 'Simpan');
	await expect(page.getByText('Alamat ini dipakai situs sendiri.').first()).toBeVisible();
	await expect(page.locator('[name=phone]')).toHaveValue('0422 000 000');
	await page.locator('[name=slug]').fill('majene');
	await save(page, 'Simpan');

	await page.goto('/admin/calendar/2031');
	await page.locator('#decree').fill(`SKB ${suffix}`);
	await page
		.locator('[name=csv]')
		.fill('tanggal,jenis,nama\n2031-01-01,nasional,Tahun Baru\n2031-02-30,national,Tidak ada');
	await press(page, 'Muat SKB 2031');
	await expect(page.getByText('Baris 3').first()).toBeVisible();
	await page.locator('[name=csv]').fill('tanggal,jenis,nama\n2031-01-01,nasional,Tahun Baru');
	await save(page, 'Muat SKB 2031');
	await page.locator('#hari-2031-01-01 summary').click();
	await press(page, 'Hapus tanggal ini dari kalender');
	await expect(page.getByText('Tulis alasannya').first()).toBeVisible();
	await expectAccessible(page);
	await page.locator('#reason-2031-01-01').fill('Dicabut untuk percobaan');
	await save(page, 'Hapus tanggal ini dari kalender');

	await page.goto('/admin/deadlines/response_by_law.complaint.any.any');
	await page.locator('[name=days]').fill('0');
	await page.locator('form[action="?"]').evaluate((form: HTMLFormElement) => (form.noValidate = true));
	await press(page, 'Simpan');
	await expect(page.getByText('Tulis jumlah hari').first()).toBeVisible();
	await page.locator('[name=days]').fill('14');
	await save(page, 'Simpan');
	await page.goto('/admin/deadlines');
	await page.locator('[name=month]').fill('5');
	await save(page, 'Simpan');

	await page.goto('/admin/lapor/7601');
	await page.locator('[name="ids.category:time"]').fill('77');
	await save(page, 'Simpan');
	await page.goto('/admin/lapor/7601');
	await expect(page.locator('[name="ids.category:time"]')).toHaveValue('77');

	const log = await page.request.get('/admin/log/csv?area=calendar');
	const lines = (await log.text()).split('\n');
	expect(lines[0]).toBe('\uFEFFWaktu (WITA),Oleh,Satuan kerja,Apa yang terjadi,Dari → menjadi,Kode');
	expect(lines[1]).toMatch(/Dicabut untuk percobaan.*calendar\.day_removed$/);
	const other = await signedIn(browser, 'administrator.mamuju');
	expect(await (await other.request.get('/admin/log/csv')).text()).not.toContain('calendar.');
	expect((await other.goto('/admin/units/7601'))?.status()).toBe(404);
	await other.goto('/admin/deadlines/response_by_law.complaint.any.any');
	await expect(other.getByText('Diatur oleh administrator satuan kerja teratas.')).toBeVisible();
	await expect(other.getByRole('button', { name: 'Simpan' })).toHaveCount(0);
	const cookie = await sessionOf('administrator.mamuju');
	const change = { days: '1', dayUnit: 'working', basis: 'Tanpa hak' };
	const address = '/admin/deadlines/response_by_law.complaint.any.any';
	const response = await submit(running().origin, address, change, cookie);
	expect(response.status).toBe(403);
});

test('the comparison of officers is configured within limits, and the change is in the log', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.sulbar');
	await openAndCheck(admin, '/admin/ratings');
	// Without the browser's validation, as a program would send it.
	await admin.locator('[name=minimum]').evaluate((field) => field.removeAttribute('min'));
	await admin.locator('[name=minimum]').fill('4');
	await press(admin, 'Simpan');
	await expect(admin.getByRole('alert')).toContainText('dalam batas yang tertera');
	await expect(admin.locator('[name=minimum]')).toHaveValue('4');
	// Back to the value that other journeys of this site expect.
	for (const minimum of ['11', '10']) {
		await admin.locator('[name=minimum]').fill(minimum);
		await save(admin, 'Simpan');
	}
	await admin.goto('/admin/log?area=rating');
	await expect(admin.getByText('mengubah cara membandingkan petugas').first()).toBeVisible();
});

test('a token is shown once, opens the API within its rights, and is revoked', async ({ browser }) => {
	const page = await signedIn(browser, 'administrator.mamuju');
	await page.goto('/admin/tokens/new');
	await page.locator('[name=name]').fill(`Buku tamu ${suffix}`);
	await page.locator('[name=accountId]').selectOption({ label: 'Penangan Contoh Mamuju (penangan.mamuju)' });
	await page.getByLabel('Membaca pantauan').check();
	await press(page, 'Buat token');
	await expect(page.getByText('tidak memungkinkan').first()).toBeVisible();
	await page.getByLabel('Membaca pantauan').uncheck();
	await page.getByLabel('Membaca daftar satuan kerja dan petugas').check();
	await press(page, 'Buat token');
	const authorization = `Bearer ${await page.locator('#token').textContent()}`;
	await expectAccessible(page);
	const call = (path: string) => page.request.get(`/api/v1/${path}`, { headers: { authorization } });
	expect((await call('units')).status()).toBe(200);
	expect((await call('cases')).status()).toBe(403);
	await page.goto('/admin/tokens');
	const row = page.locator('tr').filter({ hasText: `Buku tamu ${suffix}` });
	await row.locator('summary').click();
	await row.getByRole('button', { name: 'Cabut' }).click();
	await saved(page);
	expect((await call('units')).status()).toBe(401);
});

test('text typed in a form of the settings comes back after the session has ended', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	const name = `Kotak ${suffix}`;
	await admin.goto('/admin/places/new?mulai=7604');
	await fill(admin, { name });
	await admin.locator('[name=kind]').selectOption('poster');
	const session = await admin.context().cookies();
	await admin.context().clearCookies();
	await press(admin, 'Tambah lokasi QR');
	await expect(admin.getByText('Sesi Anda sudah berakhir')).toBeVisible();
	await expectAccessible(admin);
	await admin.context().addCookies(session);
	// A signed-in person is led on to the page of the form.
	await admin.reload();
	await expect(admin).toHaveURL('/admin/places/new?mulai=7604');
	await expect(admin.locator('[name=name]')).toHaveValue(name);
	await expect(admin.locator('[name=kind]')).toHaveValue('poster');
	const note = admin.getByText('Yang Anda ketik sebelumnya diisikan kembali');
	await expect(note).toBeVisible();
	await expectAccessible(admin);
	await press(admin, 'Tambah lokasi QR');
	await expect(admin).toHaveURL(/\/admin\/mulai\/7604\?saved/);
	await admin.goto('/admin/places/new');
	await expect(admin.locator('[name=name]')).toHaveValue('');
	await expect(note).toBeHidden();
});

test('text of the settings is deleted by signing out, and at the desk of another account', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	const other = await (await signedIn(browser, 'penangan.mamuju')).context().cookies();
	const session = await admin.context().cookies();
	const kept = () => admin.evaluate(() => Object.entries(sessionStorage).filter(([key]) => key.startsWith('spatula-')));
	const sendWithoutSession = async () => {
		await admin.goto('/admin/places/new');
		await fill(admin, { name: `Kotak ${suffix}` });
		const confirmation = '<input type="checkbox" name="confirmed" checked>';
		await admin
			.locator('form[data-kept]')
			.evaluate((form, box) => form.insertAdjacentHTML('beforeend', box), confirmation);
		await admin.context().clearCookies();
		await press(admin, 'Tambah lokasi QR');
		await expect(admin.getByText('Sesi Anda sudah berakhir')).toBeVisible();
		expect(await kept()).toHaveLength(1);
		expect(JSON.stringify(await kept())).not.toContain('confirmed');
	};
	await sendWithoutSession();
	await admin.goto('/login?keluar');
	await expect.poll(kept).toEqual([]);
	await admin.context().addCookies(session);
	await sendWithoutSession();
	await admin.context().addCookies(other);
	await admin.goto('/desk');
	await expect.poll(kept).toEqual([]);
});
