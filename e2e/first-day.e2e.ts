import { provideAccount } from '../src/lib/server/people/first-account.ts';
import { acceptInvitation, closeComplaint, rateByCode } from './support/new-office.ts';
import { openOwnSite } from './support/own-site.ts';
import { expectFits, fill, fillReport, openAtDesk, panel, readReceipt, sendVerb, track } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

/** An empty site: only what `npm run user:create` makes. */
const emptySite = () =>
	openOwnSite('first-day', async () => {
		const operator = {
			username: 'administrator.contoh',
			name: 'Administrator Contoh',
			roles: ['admin'],
			password: true
		};
		const office = { unit: '7600', unitName: 'Kantor Contoh', unitSlug: 'contoh' };
		return { login: await provideAccount({ ...operator, ...office }) };
	});

test('an administrator sets up, tries, opens and later closes an office; a complaint is handled meanwhile', async ({
	browser
}) => {
	const site = await emptySite();
	try {
		const citizen = await browser.newPage({ baseURL: site.origin });
		await citizen.goto('/contoh/pengaduan');
		await expect(citizen.getByRole('heading', { name: 'Layanan ini belum dibuka' })).toBeVisible();
		await expect(citizen.getByText('SP4N-LAPOR! (lapor.go.id)')).toBeVisible();

		const admin = await browser.newPage({ baseURL: site.origin });
		const began = Date.now();
		let clicks = 0;
		const press = async (role: 'link' | 'button', name: string | RegExp) => {
			clicks += 1;
			await admin.getByRole('main').getByRole(role, { name }).first().click();
		};
		const expectGuidedPath = () => expect(admin).toHaveURL(/\/admin\/mulai\/7600/);
		await admin.goto('/login');
		await fill(admin, { username: site.login.username, password: site.login.password ?? '' });
		await press('button', 'Masuk');
		// After signing in, an administrator without an open office lands on the guided path.
		await expectGuidedPath();
		await expect(admin.getByText('Kantor ini belum dapat dibuka.')).toBeVisible();
		await expectFits(admin, 360, 1440);

		await press('link', 'Isi data kantor');
		const address = 'Jalan Contoh 1, Mamuju';
		await fill(admin, { address, phone: '0426 000000', responsible: 'Kepala Kantor Contoh' });
		await press('button', 'Simpan');
		await expectGuidedPath();

		const staffPages: Page[] = [];
		for (const [username, role] of [
			['penangan.contoh', 'handler'],
			['penyelia.contoh', 'supervisor']
		] as const) {
			await press('link', 'Tambah akun');
			await fill(admin, { name: `Akun ${role}`, username });
			await admin.locator(`[name=roles][value=${role}]`).check({ force: true });
			clicks += 1;
			await press('button', 'Tambah akun');
			await press('button', 'Buat tautan kata sandi');
			staffPages.push(await acceptInvitation(browser, await admin.locator('#link').innerText(), username));
			await press('link', /Kembali ke langkah persiapan/);
			await expectGuidedPath();
		}
		const [handler, supervisor] = staffPages as [Page, Page];

		await press('link', 'Tambah petugas');
		await fill(admin, { name: 'Petugas Contoh' });
		await press('button', 'Tambah petugas');
		await expectGuidedPath();
		await press('link', 'Tambah layanan');
		await admin.locator('[name=kind]').selectOption('library');
		clicks += 1;
		await fill(admin, { name: 'Perpustakaan', nameEn: 'Library' });
		await press('button', 'Tambah layanan');
		await expectGuidedPath();
		await press('link', 'Tambah lokasi QR');
		await fill(admin, { name: 'Kotak saran' });
		await press('button', 'Tambah lokasi QR');
		const sheet = (await admin.locator('a[href$=".pdf"]').first().getAttribute('href')) ?? '';
		expect((await admin.request.get(sheet)).headers()['content-type']).toContain('pdf');
		const code = /\/q\/([0-9A-Z]{6})/.exec(await admin.content())?.[1] ?? '';
		await press('link', /Kembali ke langkah persiapan/);

		// Before the opening, the printed code leads to the closed page too.
		await citizen.goto(`/q/${code}`);
		await expect(citizen.getByRole('heading', { name: 'Layanan ini belum dibuka' })).toBeVisible();

		// In the trial staff practise, and the citizen still finds the office closed. Its end deletes everything. It is
		// optional, so its clicks do not count.
		const clicksBeforeTrial = clicks;
		await admin.getByText('Mulai uji coba', { exact: true }).first().click();
		await press('button', 'Ya, mulai uji coba');
		await expect(admin.getByRole('heading', { name: 'Uji coba sedang berjalan' })).toBeVisible();
		await expect(admin.getByText('Hapus semua data uji coba dahulu.')).toBeVisible();
		await handler.goto(`/q/${code}`);
		await expect(handler.getByRole('note')).toContainText('UJI COBA Kantor Contoh');
		await handler.getByRole('link', { name: /Nilai petugas/ }).click();
		await handler.getByRole('radio', { name: 'Petugas Contoh' }).check({ force: true });
		await handler.locator('[name=score][value="2"]').check({ force: true });
		await handler.getByRole('button', { name: 'Kirim penilaian' }).click();
		await expect(handler).toHaveURL(/terima-kasih/);
		await handler.goto('/contoh/pengaduan');
		await fillReport(handler, 'Latihan: antrean panjang pada pagi hari di ruang tunggu.');
		await handler.getByRole('button', { name: 'Kirim pengaduan' }).click();
		const practice = await readReceipt(handler);
		expect(practice.reference).toMatch(/^UJI-7600-\d\d-000001$/);
		await expectFits(handler, 360, 1440);
		await openAtDesk(supervisor, practice.reference, 'verification');
		await expect(supervisor.getByRole('note')).toContainText('UJI COBA');
		await expectFits(supervisor, 360, 1440);
		await panel(supervisor).locator('[name=category]').selectOption('facilities');
		await sendVerb(supervisor);
		await track(handler, practice.receipt);
		await citizen.goto('/lacak');
		await fill(citizen, { receipt: practice.receipt });
		await citizen.locator('main form button').last().click();
		await expect(citizen).toHaveURL(/lacak\?habis/);
		await citizen.goto('/contoh');
		await expect(citizen.getByRole('heading', { name: 'Layanan ini belum dibuka' })).toBeVisible();
		await admin.getByText('Hapus semua data uji coba', { exact: true }).first().click();
		await press('button', 'Ya, hapus semuanya');
		await expect(admin.getByText('Data uji coba sudah dihapus.')).toBeVisible();
		await expect(admin.getByRole('heading', { name: 'Uji coba', exact: true })).toBeVisible();
		expect((await supervisor.goto(`/desk/cases/${practice.reference}`))?.status()).toBe(404);
		clicks = clicksBeforeTrial;

		clicks += 1;
		await admin.getByText('Buka untuk umum', { exact: true }).last().click();
		await press('button', 'Ya, buka sekarang');
		await expect(admin.getByRole('heading', { name: 'Terbuka untuk umum' })).toBeVisible();
		const seconds = Math.round((Date.now() - began) / 1000);
		test.info().annotations.push({ type: 'measured', description: `${clicks} clicks, ${seconds} s` });
		// A limit for the whole guided path. Typing in fields does not count.
		expect(clicks).toBeLessThanOrEqual(24);

		// The sheet asks a person who can't scan it to open the site and type the code.
		const typing = await browser.newPage({ baseURL: site.origin });
		await typing.goto('/');
		await expect(typing).toHaveURL(/\/contoh$/);
		await typing.getByText('Punya kode enam huruf?').click();
		await expectFits(typing, 360, 1440);
		await typing.getByLabel('Kode di lembar QR').fill(code.toLowerCase());
		await typing.getByRole('button', { name: 'Buka' }).click();
		await expect(typing.getByText('Kotak saran').first()).toBeVisible();
		await rateByCode(citizen, code, 'Petugas Contoh');
		const reference = await closeComplaint({ citizen, handler, supervisor }, 'contoh');
		expect(reference).toMatch(/^SPATULA-7600-\d\d-000001$/);

		await admin.getByText('Tutup untuk umum', { exact: true }).first().click();
		await fill(admin, { reason: 'Gedung dipugar sampai Januari.' });
		await press('button', 'Tutup untuk umum');
		await citizen.goto('/contoh');
		await expect(citizen.getByRole('heading', { name: 'Layanan ini sedang ditutup' })).toBeVisible();
		await citizen.goto('/lacak/laporan');
		await expect(citizen.getByText(reference).first()).toBeVisible();
	} finally {
		await site.stop();
	}
});
