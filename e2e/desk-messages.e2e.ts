import { makeActor, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { keptFile, makeConnection, receive } from '../src/lib/dev/testing/channels/incoming.ts';
import { openCase } from './support/cases.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import { expectAccessible, signedInAt, openAndCheck, WIDE } from './support/pages.ts';
import { expect, test } from './support/test.ts';

const openOffice = () =>
	openOwnSite('incoming', async () => {
		const unit = await makeUnit();
		const handler = await makeActor([[unit.id, 'handler']]);
		const supervisor = await makeActor([[unit.id, 'supervisor']]);
		const mailbox = await makeConnection(unit);
		const phone = await makeConnection(unit, { channel: 'whatsapp' });
		const receiveEmail = (address: string, subject: string, body: string) =>
			receive(mailbox, address, body, { subject });
		const quoted = 'Pada hari Senin kantor menulis: terima kasih.';
		const files = [keptFile('audio/ogg')];
		await receive(phone, '6281234567890', 'Loketnya tutup sebelum jam istirahat.', { name: 'Budi Contoh', files });
		await receive(mailbox, 'sari@contoh.example', 'Kejadiannya hari Senin.', { subject: 'Keterangan', quoted });
		await receiveEmail('nur@contoh.example', 'Data penduduk', 'Di mana saya meminta data penduduk?');
		await receiveEmail('promo@toko.example', 'Diskon', 'Diskon alat tulis.');
		return { unit, people: await withPasswords({ handler, supervisor }) };
	});

let office: Awaited<ReturnType<typeof openOffice>>;
test.beforeAll(async () => void (office = await openOffice()));
test.afterAll(() => office?.stop());

test('messages become a report, join one, are referred and dismissed, on a phone and at a desk', async ({
	browser
}) => {
	const { reference } = await openCase(
		{ unit: office.unit.code, identity: 'named', reporter: { name: 'Sari Contoh', email: 'sari@contoh.example' } },
		office
	);
	const page = await signedInAt(browser, office.origin, office.people.handler);
	await openAndCheck(page, '/desk/messages', 320, 360, 1440);
	await expectAccessible(page);
	await expect(page.getByRole('link', { name: /^Menunggu\s*4/ })).toBeVisible();

	await page.getByRole('link', { name: 'Loketnya tutup' }).click();
	await expect(page.getByText('Hanya penyelia yang dapat memutarnya')).toBeVisible();
	await openAndCheck(page, new URL(page.url()).pathname, 320, 360, 1440);
	const supervisor = await signedInAt(browser, office.origin, office.people.supervisor);
	await supervisor.goto(page.url());
	await supervisor.getByLabel('Isi pesan suara').fill('Antreannya lama.');
	await supervisor.getByRole('button', { name: 'Simpan isi' }).click();
	await expect(supervisor.getByText('Isi pesan suara tersimpan')).toBeVisible();
	await page.reload();
	await expect(page.getByText('Antreannya lama.')).toBeVisible();
	await page.getByText('Jadikan laporan', { exact: true }).click();
	await expectAccessible(page);
	await page.getByRole('button', { name: 'Buat laporan' }).click();
	await expect(page).toHaveURL(/\/desk\/cases\/SPATULA-\d{4}-\d{2}-\d{6}/);
	await expect(page.getByText('Loketnya tutup sebelum jam istirahat.').first()).toBeVisible();

	await page.setViewportSize(WIDE);
	await page.goto('/desk/messages');
	await page.getByRole('link', { name: 'Keterangan' }).click();
	await page.getByText('Kutipan dan tanda tangan').click();
	await expect(page.getByText('kantor menulis')).toBeVisible();
	await page.getByText('Masukkan ke laporan …').click();
	// The address was only given in the form, so the report is proposed with a warning and not chosen.
	await expect(page.getByText('belum terbukti bahwa pengirim adalah pelapornya')).toBeVisible();
	await expect(page.getByRole('radio', { name: reference })).not.toBeChecked();
	await page.getByRole('radio', { name: reference }).check();
	await page.locator('#reference').fill('SPATULA-7604-26-999999');
	await page.getByRole('button', { name: 'Masukkan', exact: true }).click();
	// The refusal is in a collapsible section below all messages, so it takes the focus.
	await expect(page.locator('#errors')).toBeFocused();
	await page.locator('#reference').fill('');
	await page.getByRole('button', { name: 'Masukkan', exact: true }).click();
	await expect(page).toHaveURL(new RegExp(`/desk/cases/${reference}`));
	await expect(page.getByText('Kejadiannya hari Senin.').first()).toBeVisible();

	await page.goto('/desk/messages');
	await page.getByRole('link', { name: 'Data penduduk' }).click();
	await page.getByText('Permintaan data: arahkan').click();
	await page.getByRole('button', { name: 'Kirim dan arahkan' }).click();
	// This site has no mail server.
	await expect(page.getByRole('status')).toContainText('teksnya tidak dikirim');

	await page.getByRole('link', { name: 'Diskon' }).click();
	// Wait for the message's page, because the list has a filter "Bukan laporan" too.
	await expect(page).toHaveURL(/\/desk\/messages\/\d+$/);
	await page.getByText('Bukan laporan', { exact: true }).click();
	await page.getByLabel('Alasan').selectOption('spam');
	// The form says how many messages were shown, so that a later one is not dismissed unread.
	await expect(page.locator('form[action*="dismiss"] [name=seen]')).toHaveValue(/^[1-9]/);
	await page.getByRole('button', { name: 'Tandai bukan laporan' }).click();
	await expect(page.getByText('Tidak ada pesan yang menunggu')).toBeVisible();
	await page.getByRole('button', { name: 'Urungkan' }).click();
	await expect(page.getByText('kembali ke daftar tunggu')).toBeVisible();
});
