import { provideAccount } from '../src/lib/server/people/first-account.ts';
import { fourColourImage } from '../src/lib/dev/testing/photos.ts';
import { wordsOfPages } from '../src/lib/dev/testing/documents.ts';
import { zipOf } from '../src/lib/dev/testing/zip.ts';
import { acceptInvitation, closeComplaint, rateByCode } from './support/new-office.ts';
import { openOwnSite } from './support/own-site.ts';
import { expectFits, expectNoViolations, fill } from './support/pages.ts';
import { expect, test, type Locator } from './support/test.ts';

const CODES = Array.from({ length: 10 }, (_, n) => String(7601 + n));
const table = (head: string, lineOf: (code: string) => string) => [head, ...CODES.map(lineOf)].join('\n');

const OFFICES = table('kode;nama;alamat;telepon;whatsapp', (code) => {
	return `${code};Kabupaten Contoh ${code};Jalan Contoh ${code};0426 ${code};0812-0000-${code}`;
});
const PEOPLE = `${table('nama;nama_pengguna;peran;kantor', (code) => {
	return `Penangan ${code};penangan.${code};penangan;${code}\nKepala ${code};kepala.${code};penyelia + pimpinan;${code}`;
})}\nPenangan Induk;penangan.induk;penangan;7600\nPenyelia Induk;penyelia.induk;penyelia;7600`;
const OFFICERS = table('nama;jabatan;foto;kantor', (code) => `Petugas ${code};Pranata;${code}.jpg;${code}`);
const PLACES = `${table('nama;jenis;kantor', (code) => `Meja ${code};meja;${code}`)}\nKotak induk;kotak;7600`;

test('a province opens itself and ten regencies from tables, up to a rating and a closed complaint at one of them', async ({
	browser
}) => {
	const operator = { username: 'administrator.contoh', name: 'Administrator Contoh', roles: ['admin'], password: true };
	const root = { unit: '7600', unitName: 'Provinsi Contoh', unitSlug: 'contoh' };
	const site = await openOwnSite('ten-offices', async () => ({
		login: await provideAccount({ ...operator, ...root })
	}));
	try {
		const admin = await browser.newPage({ baseURL: site.origin });
		const began = Date.now();
		let clicks = 0;
		const click = (target: Locator) => {
			clicks += 1;
			return target.click();
		};
		const press = (role: 'link' | 'button', name: string | RegExp) =>
			click(admin.getByRole('main').getByRole(role, { name }).first());
		const step = (id: string) => admin.locator(`#${id}`);
		const pressIn = async (id: string, name: string) => {
			const there = step(id).getByRole('link', { name, exact: true });
			// A finished step is folded.
			if (!(await there.isVisible())) await click(step(id).locator('summary'));
			await click(there);
		};
		const path = () => expect(admin).toHaveURL(/\/admin\/mulai\/7600/);
		/** Checks a table and stores it, from the guided path back to it. */
		const sendTable = async (id: string, csv: string) => {
			await pressIn(id, 'Dari tabel CSV');
			await fill(admin, { csv });
			await press('button', 'Periksa tabel');
			await press('button', /^Simpan \d+ baris/);
			await path();
		};
		await admin.goto('/login');
		await fill(admin, { username: site.login.username, password: site.login.password ?? '' });
		await press('button', 'Masuk');
		await path();

		await pressIn('office', 'Isi data kantor');
		await fill(admin, {
			address: 'Jalan Contoh 1, Mamuju',
			email: 'contoh@contoh.invalid',
			responsible: 'Kepala Contoh'
		});
		await press('button', 'Simpan');
		await path();
		await pressIn('office', 'Pasang logo');
		const svg = { name: 'logo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') };
		await admin.locator('[name=file]').setInputFiles(svg);
		await press('button', 'Simpan logo');
		await expect(admin.getByText('Simpan dulu sebagai PNG').first()).toBeVisible();
		const logo = await fourColourImage(600, 200).png().toBuffer();
		await admin.locator('[name=file]').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: logo });
		await press('button', 'Simpan logo');
		await path();
		await sendTable('office', OFFICES);

		await sendTable('people', PEOPLE);
		await pressIn('people', 'Undang dengan tautan kata sandi');
		await click(admin.getByText('Undang yang dicentang'));
		await press('button', 'Ya, undang');
		const letters = admin.locator('section').filter({ has: admin.locator('.selectable') });
		await expect(letters).toHaveCount(22);
		const accept = async (username: string) =>
			acceptInvitation(
				browser,
				await letters.filter({ hasText: username }).locator('.selectable').innerText(),
				username
			);
		// The regencies are opened on the province's people, and work with their own.
		for (const username of ['penangan.induk', 'penyelia.induk']) await accept(username);
		const handler = await accept('penangan.7601');
		const supervisor = await accept('kepala.7601');
		await admin.goto('/admin/mulai/7600');

		const photo = await fourColourImage(400, 500).jpeg().toBuffer();
		const zip = zipOf([
			...CODES.slice(0, 9).map((code) => ({ name: `foto/${code}.jpg`, bytes: photo })),
			{ name: 'daftar.txt', bytes: Buffer.from('bukan foto') }
		]);
		await pressIn('officers', 'Dari tabel CSV');
		await admin.locator('[name=file]').setInputFiles([
			{ name: 'petugas.csv', mimeType: 'text/csv', buffer: Buffer.from(OFFICERS) },
			{ name: 'foto.zip', mimeType: 'application/zip', buffer: zip }
		]);
		await press('button', 'Periksa tabel');
		await expect(admin.getByRole('cell', { name: '7601.jpg' })).toBeVisible();
		await expect(admin.getByText('Foto tidak ada: 7610.jpg')).toBeVisible();
		await expect(admin.getByText('daftar.txt')).toBeVisible();
		await expectNoViolations(admin);
		await expectFits(admin, 360, 1440);
		await press('button', 'Simpan 10 baris');
		await path();

		for (const [kind, name, nameEn] of [
			['library', 'Perpustakaan', 'Library'],
			['consultation', 'Konsultasi statistik', 'Consultation']
		] as const) {
			await pressIn('services', 'Tambah layanan');
			await admin.locator('[name=kind]').selectOption(kind);
			await fill(admin, { name, nameEn });
			await press('button', 'Tambah layanan');
			await path();
		}
		await pressIn('services', 'Salin dari satuan kerja lain');
		await press('button', 'Lihat dulu');
		await expect(admin.getByRole('checkbox', { checked: true })).toHaveCount(10);
		await expectNoViolations(admin);
		await expectFits(admin, 360, 1440);
		await press('button', 'Salin layanan');
		await path();

		await sendTable('places', PLACES);
		await pressIn('places', 'Semua lembar QR');
		await admin.goto('/admin/places');
		const sheets = admin.getByRole('link', { name: 'Poster A4' });
		const pages = await wordsOfPages(await (await admin.request.get((await sheets.getAttribute('href')) ?? '')).body());
		expect(pages.length).toBe(11);
		for (const code of CODES) expect(pages.some((words) => words.includes(`Meja ${code}`))).toBe(true);
		const code = await admin.getByRole('row').filter({ hasText: 'Meja 7601' }).locator('.mono').innerText();

		await admin.goto('/admin/mulai');
		const boxes = admin.getByRole('checkbox');
		await expect(boxes).toHaveCount(11);
		for (const box of await boxes.all()) await click(box);
		await click(admin.getByText('Buka yang dicentang'));
		await press('button', 'Buka untuk umum');
		await expect(admin.getByRole('status').filter({ hasText: 'Terbuka untuk umum' })).toContainText('Contoh 7610');
		await expect(admin.getByRole('main').getByText('Belum dibuka', { exact: true })).toHaveCount(0);
		const seconds = Math.round((Date.now() - began) / 1000);
		test.info().annotations.push({ type: 'measured', description: `${clicks} clicks, ${seconds} s` });
		expect(clicks).toBeLessThanOrEqual(45);

		// Citizens of a regency see its contacts and the province's logo, and no photo without consent.
		const citizen = await browser.newPage({ baseURL: site.origin });
		await citizen.goto('/kabupaten-contoh-7601');
		const picture = citizen.locator('header img');
		await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
		const served = await citizen.request.get((await picture.getAttribute('src')) ?? '');
		expect(served.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
		await expect(citizen.getByRole('link', { name: 'Telepon 0426 7601' })).toHaveAttribute('href', 'tel:04267601');
		await expect(citizen.getByRole('link', { name: /WhatsApp/ })).toHaveAttribute('href', /wa\.me\/6281200007601/);
		await expect(citizen.getByText(/^(Buka sampai|Sekarang tutup)/)).toBeVisible();
		await expectNoViolations(citizen);
		await expectFits(citizen, 320, 360, 1440);
		await citizen.goto('/kabupaten-contoh-7601/nilai');
		await expect(citizen.getByText('Petugas 7601')).toBeVisible();
		await expect(citizen.locator('main img')).toHaveCount(0);
		await expect(citizen.locator('footer').getByText('Jalan Contoh 7601')).toBeVisible();

		// By the printed code of the regency's desk, and by its own people from the table.
		await rateByCode(citizen, code, 'Petugas 7601');
		const reference = await closeComplaint({ citizen, handler, supervisor }, 'kabupaten-contoh-7601');
		expect(reference).toMatch(/^SPATULA-7601-\d\d-000001$/);
	} finally {
		await site.stop();
	}
});
