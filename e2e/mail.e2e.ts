import { Secret, TOTP } from 'otpauth';
import { account } from './support/journey.ts';
import {
	expectAccessible,
	fill,
	fillReport,
	checkPagesInFullRun,
	mailTo,
	openUntil,
	phoneWithoutScripts,
	readReceipt,
	signedIn,
	track,
	openAndCheck
} from './support/pages.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

const BODY = 'The chairs in the waiting room are broken and nobody answered my question all morning.';

/** Sends a complaint in English with its own e-mail address. @returns its number and the address */
async function complainInEnglish(browser: Browser): Promise<{ reference: string; receipt: string; address: string }> {
	const address = `pelapor.${Date.now()}@contoh.invalid`;
	const phone = await browser.newPage();
	await phone.goto('/mamuju/pengaduan?lang=en');
	await fillReport(phone, BODY, 'named', { 'reporter.name': 'Andi Contoh', 'reporter.email': address });
	await phone.locator('form[method=POST] button.primary').last().click();
	return { ...(await readReceipt(phone)), address };
}

test('a reporter gets e-mails in their language without text of the report, and unsubscribes', async ({ browser }) => {
	const { reference, receipt, address } = await complainInEnglish(browser);
	const text = await mailTo(browser, address, 'we have received it');
	expect(text).toContain(`Report number: ${reference}`);
	expect(text).toContain('First reply by:');
	expect(text).toContain('/lacak?lang=en');
	for (const word of ['chairs', 'Andi', receipt, receipt.replaceAll('-', '')]) expect(text).not.toContain(word);

	const link = /\S+\/surel\/\S+/.exec(text)?.[0] ?? '';
	const page = await browser.newPage();
	for (const lang of ['en', 'id']) {
		await page.goto(`${link}?lang=${lang}`);
		await expectAccessible(page);
	}
	// As a mail program's unsubscribe button does it: no cookie, no page of the site.
	const oneClick = await fetch(link, {
		method: 'POST',
		body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
	});
	expect(oneClick.status).toBe(200);
	await page.reload();
	await expect(page.getByText('E-mail tentang laporan ini tidak dikirim lagi.')).toBeVisible();
	expect(await page.content()).not.toContain(reference);

	// With the code, the report's page offers this choice for the report only.
	const phone = await phoneWithoutScripts(browser);
	await track(phone, receipt);
	await expect(phone.getByText('E-mail tentang laporan ini tidak dikirim.')).toBeVisible();
	await phone.getByRole('link', { name: 'Atur atau hentikan e-mail' }).click();
	await expect(phone).toHaveURL(link.replace(/\?.*/, '').slice(0, -32));
	await expect(phone.locator('[name=wish][value=all]')).toHaveCount(0);
	// Axe needs scripts.
	await page.goto(phone.url());
	await expectAccessible(page);
	await phone.locator('[name=wish][value=none]').check();
	await phone.getByRole('button').last().click();
	await expect(phone.getByRole('status')).toBeVisible();
	await phone.goto(`/surel/${'a'.repeat(32)}`);
	await expect(phone.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(phone.locator('[name=wish]')).toHaveCount(0);
});

test('an administrator reads the outbox, sends a test e-mail and sets a closing line', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.sulbar');
	await openAndCheck(admin, '/admin/mail', 360, 1440);
	await admin.getByRole('button', { name: 'Kirim e-mail percobaan' }).click();
	await expect(admin).toHaveURL(/\/admin\/mail#trial$/);
	await mailTo(browser, 'administrator.sulbar@contoh.invalid', 'E-mail percobaan');
	await openUntil(admin, '/admin/mail', admin.getByText('diterima server e-mail'));
	await admin.goto('/admin/mail?list=sent');
	await expect(admin.getByText('E-mail percobaan SPATULA').first()).toBeVisible();
	await expectAccessible(admin);

	await checkPagesInFullRun(admin, '/admin/mail/texts?kind=question&language=en&unit=7606');
	await admin.goto('/admin/mail/texts?kind=question&language=id&unit=7606');
	const closing = `Salam dari kami, ${Date.now()}`;
	await admin.locator('[name=closing]').fill(closing);
	await admin.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(admin.locator('pre')).toContainText(closing);
	await expect(admin.locator('pre')).toContainText('Mohon dijawab paling lambat');
});

test('a handler chooses which notices are sent by e-mail; those about legal deadlines are always sent', async ({
	browser
}) => {
	const handler = await signedIn(browser, 'penangan.majene');
	await openAndCheck(handler, '/me', 360, 1440);
	const choices = handler.locator('#mail');
	await expect(choices).toContainText('UU 25/2009');
	await choices.getByLabel('Saya disebut dalam catatan').uncheck();
	await choices.getByRole('button', { name: 'Simpan' }).click();
	await expect(handler).toHaveURL('/me?saved#mail');
	await expect(choices.getByLabel('Saya disebut dalam catatan')).not.toBeChecked();
	await expect(choices.getByLabel('Laporan ditugaskan kepada saya')).toBeChecked();
});

test('a forgotten password is reset by e-mail; the sign-in code is asked for all the same', async ({ browser }) => {
	// A first try may have left a second factor.
	const { username, password } = account(test.info().retry > 0 ? 'penyelia.mamasa' : 'penyelia.pasangkayu');
	const owner = await signedIn(browser, username);
	await owner.goto('/me/security');
	const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
	await press(owner, 'Aktifkan kode masuk');
	const secret = (await owner.locator('#otp-key').innerText()).replaceAll(' ', '');
	const used = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
	await openAndCheck(owner, '/me/security', 360, 1440);
	await fill(owner, { totp: used });
	await press(owner, 'Periksa dan aktifkan');
	const [recovery = ''] = await owner.locator('.codes li').allInnerTexts();
	await expectAccessible(owner);

	const phone = await browser.newPage();
	await phone.goto('/login');
	await phone.getByRole('link', { name: 'Lupa kata sandi?' }).click();
	await expect(phone).toHaveURL(/\/login\/lupa$/);
	await expectAccessible(phone);
	// A second press would send a second link, which replaces the first one.
	await expect(phone.locator('script[src*=single-submit]')).toHaveCount(1);
	for (const login of ['tidak.ada', username]) {
		await fill(phone, { username: login });
		await press(phone, 'Kirim tautan');
		await expect(phone.getByRole('status')).toContainText('Jika akun itu ada');
	}
	const text = await mailTo(browser, `${username}@contoh.invalid`, 'membuat kata sandi');
	await phone.goto(/\S+\/sandi\/\S+/.exec(text)?.[0] ?? '');
	await fill(phone, { password, again: password });
	await press(phone, 'Simpan kata sandi');
	await fill(phone, { username, password });
	await press(phone, 'Masuk');
	await expect(phone).toHaveURL(/\/login\/kode/);
	await expectAccessible(phone);
	await fill(phone, { totp: used });
	await press(phone, 'Masuk');
	await expect(phone.getByRole('alert')).toContainText('sudah dipakai');
	await fill(phone, { totp: recovery });
	await press(phone, 'Masuk');
	await expect(phone).toHaveURL(/\/desk/);
	await phone.goto('/me/security');
	await expect(phone.getByText('Kode cadangan yang belum dipakai: 9.')).toBeVisible();
	await phone.getByText('Matikan kode masuk').first().click();
	await press(phone, 'Matikan kode masuk');
	await expect(phone.getByRole('button', { name: 'Aktifkan kode masuk' })).toBeVisible();
});
