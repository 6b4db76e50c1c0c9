import { randomInt } from 'node:crypto';
import { tellingMessages } from '../src/lib/dev/testing/channels/received.ts';
import { WHATSAPP_SANDBOX } from '../src/lib/dev/whatsapp-sandbox/store.ts';
import { timelineOf } from './support/cases.ts';
import { running } from './support/journey.ts';
import { checkPagesInFullRun, openAtDesk, panel, signedIn, openAndCheck } from './support/pages.ts';
import { expect, test, type Page } from './support/test.ts';

const BODY = 'Tolong sediakan kursi untuk lansia di ruang tunggu lantai satu.';

const chat = (phone: Page) => phone.getByRole('log');

async function say(phone: Page, text: string): Promise<void> {
	await phone.getByLabel('Pesan', { exact: true }).fill(text);
	await phone.getByRole('button', { name: 'Kirim pesan', exact: true }).click();
}

const press = (phone: Page, name: RegExp) => chat(phone).getByRole('button', { name }).last().click();

test('a citizen reports on WhatsApp, from hello to "Selesai"', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	await openAndCheck(admin, '/admin/channels/whatsapp/7604');
	const { number: address, phoneNumberId, version, token, appSecret, verifyToken } = WHATSAPP_SANDBOX;
	const values = { address, phoneNumberId, version, token, appSecret, verifyToken, baseUrl: running().phonesUrl };
	for (const [name, value] of Object.entries(values)) await admin.locator(`[name=${name}]`).fill(value);
	await admin.getByRole('button', { name: 'Simpan dan coba' }).click();
	await expect(admin.getByText('Berfungsi', { exact: true })).toBeVisible();
	await checkPagesInFullRun(admin, '/admin/channels', '/admin/channels/whatsapp/7604', '/admin/channels/sms/7604');

	const phone = await browser.newPage();
	const number = `62812${randomInt(10_000_000, 99_999_999)}`;
	await phone.goto(`${running().phonesUrl}/?number=${number}&name=Rahma`);
	await say(phone, 'Selamat pagi');
	await chat(phone).getByText('Pilih keperluan', { exact: true }).click();
	await press(phone, /^Saran/);
	await expect(chat(phone).getByText('Belum ada yang dikirim sebagai laporan')).toBeVisible();
	await say(phone, BODY);
	await expect(chat(phone).getByText('Tercatat.')).toBeVisible();
	await press(phone, /^Kirim$/);
	const received = chat(phone).getByText('Laporan Anda sudah kami terima');
	await expect(received).toBeVisible();
	const reference = /SPATULA-7604-\d\d-\d{6}/.exec(await received.innerText())?.[0] ?? '';

	await press(phone, /^Minta kode/);
	const link = chat(phone).getByRole('link', { name: /\/terima\// });
	const [receiptPage] = await Promise.all([phone.waitForEvent('popup'), link.click()]);
	await receiptPage.locator('form[method=POST] button').first().click();
	await expect(receiptPage.locator('#receipt')).toHaveText(/[0-9A-Z]{4}-/);

	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAtDesk(desk, reference);
	await expect(desk.getByText(BODY).first()).toBeVisible();
	await openAtDesk(desk, reference, 'direct');
	await desk.locator('[name=category]').selectOption('facilities');
	await desk.locator('#body').fill('Terima kasih. Enam kursi sudah kami sediakan di ruang tunggu.');
	await panel(desk).getByRole('button', { name: 'Kirim jawaban ke pelapor' }).click();
	await expect(desk).toHaveURL(/done=answered_directly/);

	await expect(chat(phone).getByText('Enam kursi sudah kami sediakan')).toBeVisible();
	await press(phone, /^Selesai$/);
	await expect(chat(phone).getByText(`Laporan ${reference} selesai.`)).toBeVisible();
	expect((await timelineOf(reference)).at(-1)).toMatchObject({ type: 'closed' });

	const response = await fetch(`${running().phonesUrl}/_received`);
	const sent = (await response.json()) as unknown[];
	expect(JSON.stringify(sent)).toContain(reference);
	expect(tellingMessages(sent, [BODY, 'Rahma', number])).toEqual([]);
});
