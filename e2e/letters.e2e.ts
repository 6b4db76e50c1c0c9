import { expect, test, type Browser, type Page } from './support/test.ts';
import { running } from './support/journey.ts';
import { expectAccessible, phoneWithoutScripts, signedIn, visit } from './support/pages.ts';

const BODY = 'The chairs in the waiting room are broken and nobody answered my question all morning.';

async function expectNoOverflow(page: Page, path: string): Promise<void> {
	for (const width of [360, 1440]) {
		await page.setViewportSize({ width, height: 800 });
		await visit(page, path);
		const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
		expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
	}
}

/** Sends a complaint in English under an address of its own. @returns its number and the address */
async function complainInEnglish(browser: Browser): Promise<{ reference: string; receipt: string; address: string }> {
	const { origin } = running();
	const address = `pelapor.${Date.now()}@contoh.invalid`;
	const phone = await (await browser.newContext()).newPage();
	await phone.goto(`${origin}/mamuju/pengaduan?lang=en`);
	await phone.locator('[name=body]').fill(BODY);
	await phone.locator('[name=identity][value=named]').check({ force: true });
	await phone.locator('[name="reporter.name"]').fill('Andi Contoh');
	await phone.locator('[name="reporter.email"]').fill(address);
	await phone.locator('form[method=POST] button.primary').last().click();
	await expect(phone).toHaveURL(`${origin}/terima`);
	const receipt = (await phone.locator('#receipt').innerText()).replace(/\s/g, '');
	const reference = (await phone.locator('#reference').innerText()).trim();
	await phone.context().close();
	return { reference, receipt, address };
}

/** The text of the letter to that address whose subject holds these words. */
async function letterTo(browser: Browser, address: string, words: string): Promise<string> {
	const { sandboxUrl } = running();
	const letters = await browser.newPage();
	const row = letters.locator('li', { hasText: address }).filter({ hasText: words });
	await expect(async () => {
		await letters.goto(`${sandboxUrl}/surat`);
		await expect(row.first()).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 60_000 });
	await row.first().getByRole('link').click();
	const text = await letters.locator('pre').innerText();
	await letters.close();
	return text;
}

test('a reporter who gave an address is written to in their language, without a word of the report, and stops it', async ({
	browser
}) => {
	test.setTimeout(180_000);
	const { origin } = running();
	const { reference, receipt, address } = await complainInEnglish(browser);
	const text = await letterTo(browser, address, 'we have received it');
	expect(text).toContain(`Report number: ${reference}`);
	expect(text).toContain('First reply by:');
	expect(text).toContain('/lacak?lang=en');
	for (const word of ['chairs', 'Andi', receipt, receipt.replaceAll('-', '')]) expect(text).not.toContain(word);

	const link = /\S+\/surel\/\S+/.exec(text)?.[0] ?? '';
	const page = await (await browser.newContext({ viewport: { width: 360, height: 780 } })).newPage();
	for (const lang of ['en', 'id']) {
		await page.goto(`${link}?lang=${lang}`);
		await expectAccessible(page);
	}
	// As a mail program's button does it: no cookie, no page of ours.
	const oneClick = await fetch(link, {
		method: 'POST',
		redirect: 'manual',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: 'List-Unsubscribe=One-Click'
	});
	expect(oneClick.status).toBe(200);
	await page.reload();
	await expect(page.getByText('E-mail tentang laporan ini tidak dikirim lagi.')).toBeVisible();
	expect(await page.content()).not.toContain(reference);

	// With the code, the report's page offers the same choice.
	const phone = await (await phoneWithoutScripts(browser)).newPage();
	await phone.goto(`${origin}/lacak`);
	await phone.locator('[name=receipt]').fill(receipt);
	await phone.locator('form[action="/lacak"] button').click();
	await expect(phone.getByText('E-mail tentang laporan ini tidak dikirim.')).toBeVisible();
	await phone.getByRole('link', { name: 'Atur e-mail' }).click();
	await expect(phone).toHaveURL(link);
	await phone.locator('[name=wish][value=none]').check();
	await phone.getByRole('button').last().click();
	await expect(phone.getByRole('status')).toBeVisible();
	await phone.goto(`${origin}/surel/${'a'.repeat(32)}`);
	await expect(phone.getByRole('heading', { level: 1 })).toBeVisible();
	await expect(phone.locator('[name=wish]')).toHaveCount(0);
});

test('an administrator looks through the outbox, sends a trial letter, and gives the office a closing line', async ({
	browser
}) => {
	test.setTimeout(180_000);
	const { origin } = running();
	const admin = await signedIn(browser, 'admin.sulbar');
	await expectNoOverflow(admin, '/admin/mail');
	await admin.getByRole('button', { name: 'Kirim e-mail percobaan' }).click();
	await expect(admin).toHaveURL(/\/admin\/mail\?trial/);
	await letterTo(browser, 'admin.sulbar@contoh.invalid', 'E-mail percobaan');
	await expect(async () => {
		await admin.reload();
		await expect(admin.getByText('diterima server e-mail')).toBeVisible({ timeout: 1000 });
	}).toPass({ timeout: 30_000 });
	await admin.goto(`${origin}/admin/mail?list=sent`);
	await expect(admin.getByText('E-mail percobaan SPATULA').first()).toBeVisible();
	await expectAccessible(admin);

	await expectNoOverflow(admin, '/admin/mail/letters?kind=question&language=en&unit=7606');
	await admin.goto(`${origin}/admin/mail/letters?kind=question&language=id&unit=7606`);
	const closing = `Salam dari kami, ${Date.now()}`;
	await admin.locator('[name=closing]').fill(closing);
	await admin.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(admin.locator('pre')).toContainText(closing);
	await expect(admin.locator('pre')).toContainText('Mohon dijawab paling lambat');
});

test('a handler chooses which notices come by mail; what the law sets comes always', async ({ browser }) => {
	const { origin } = running();
	const handler = await signedIn(browser, 'pengelola.majene');
	await expectNoOverflow(handler, '/me');
	const choices = handler.locator('#mail');
	await expect(choices).toContainText('UU 25/2009');
	await choices.getByLabel('Saya disebut dalam catatan').uncheck();
	await choices.getByRole('button', { name: 'Simpan' }).click();
	await expect(handler).toHaveURL(`${origin}/me?saved#mail`);
	await expect(choices.getByLabel('Saya disebut dalam catatan')).not.toBeChecked();
	await expect(choices.getByLabel('Laporan ditugaskan kepada saya')).toBeChecked();
});
