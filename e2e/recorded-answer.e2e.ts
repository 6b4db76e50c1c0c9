import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from './support/test.ts';
import { running } from './support/journey.ts';
import { find, send, signIn, tabTo, verb } from './support/keys.ts';
import { expectAccessible, phoneWithoutScripts, signedIn, visit } from './support/pages.ts';
import { api } from './support/site.ts';

const WORDS = 'Pelapor menyebut kejadiannya Senin pagi di meja enam.';
const folder = process.env.SPATULA_SCREENSHOTS ?? join('test-results', 'screenshots');

/** A complaint of Mamuju whose reporter was asked something. */
async function asked(changes: Record<string, unknown> = {}): Promise<{ reference: string; receipt: string }> {
	const { origin } = running();
	const { status, body } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'complaint',
			body: 'Meja enam kosong selama jam layanan, dan antrean berhenti lama.',
			identity: 'named',
			reporter: { name: 'Andi Contoh', phone: '081234567890' },
			submission_id: randomUUID(),
			...changes
		}
	});
	expect(status).toBe(201);
	const question = { body: 'Hari apa kejadiannya?', version: 1 };
	const { body: waiting } = await api(origin, `/cases/${String(body.reference)}/information-request`, {
		body: question
	});
	expect(waiting.status).toBe('needs_info');
	return { reference: String(body.reference), receipt: String(body.receipt) };
}

const part = (options: Intl.DateTimeFormatOptions) =>
	new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Makassar', ...options }).format(new Date());
/** The time on the office's wall. */
const wallTime = () => part({ hour: '2-digit', minute: '2-digit' });

async function tracked(browser: Browser, receipt: string): Promise<Page> {
	const phone = await (await phoneWithoutScripts(browser)).newPage();
	await phone.goto(`${running().origin}/lacak`);
	await phone.locator('[name=receipt]').fill(receipt);
	await phone.locator('main form[method=POST] button').first().click();
	await expect(phone).toHaveURL(/\/lacak\/laporan/);
	return phone;
}

/** Into the focused field, by the twelve hours of some browsers or the twenty-four of others. */
async function typeTime(page: Page, time: string): Promise<void> {
	const [hour = 0, minute = 0] = time.split(':').map(Number);
	const two = (part: number) => String(part).padStart(2, '0');
	await page.keyboard.type(`${two(hour % 12 || 12)}${two(minute)}${hour < 12 ? 'A' : 'P'}`);
	const field = page.locator('[name=time]');
	if ((await field.inputValue()) !== time) await field.fill(time);
}

async function picture(page: Page, name: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	for (const width of [360, 1440]) {
		await page.setViewportSize({ width, height: 900 });
		await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
	}
}

test('an answer by phone is written down with the keyboard alone, and the reporter reads who wrote it', async ({
	browser
}) => {
	const { reference, receipt } = await asked();
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'id-ID' });
	const desk = await context.newPage();
	await signIn(desk, 'pengelola.mamuju');
	await find(desk, reference);
	await verb(desk, 'p', 'reporter-answer');
	await tabTo(desk, desk.locator('[name=kind]').first());
	await desk.keyboard.press('Space');
	await tabTo(desk, desk.locator('[name=by]').first());
	await desk.keyboard.press('ArrowDown');
	await expect(desk.locator('[name=by][value=phone]')).toBeChecked();
	await tabTo(desk, desk.locator('[name=time]'));
	await typeTime(desk, wallTime());
	await tabTo(desk, desk.locator('[name=body]'));
	await desk.keyboard.type(WORDS);
	await send(desk, 'recorded');
	await expect(desk.getByText('Pelapor, dicatat').first()).toBeVisible();
	await expect(desk.getByText(WORDS)).toBeVisible();
	await expect(desk.getByText('Menunggu pelapor')).toHaveCount(0);
	await expectAccessible(desk);
	await picture(desk, 'recorded-case');

	const phone = await tracked(browser, receipt);
	await expect(phone.getByText(/Dicatat petugas \(Telepon, .+\):/)).toBeVisible();
	await expect(phone.getByText(WORDS)).toBeVisible();
	expect(await phone.content()).not.toContain('Petugas Contoh');
	await picture(phone, 'recorded-tracking');
});

test('the form says what is missing and keeps what was typed, also when somebody else was faster', async ({
	browser
}) => {
	const { reference } = await asked({ identity: 'withheld' });
	const path = `/desk/cases/${reference}/reporter-answer`;
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, path);
	await picture(desk, 'record-form');
	await expect(desk.getByText('identitasnya dirahasiakan')).toBeVisible();
	await expect(desk.locator('[name=kind][value=objection]')).toHaveCount(0);
	await desk.locator('[name=kind][value=contact]').check({ force: true });
	await expect(desk.locator('[name=body]')).toBeHidden();
	await desk.locator('[name=phone]').fill('bukan nomor');
	await desk.locator('[name=by][value=visit]').check({ force: true });
	await desk.locator('[name=time]').fill(wallTime());
	const sending = desk.getByRole('button', { name: 'Simpan catatan' });
	await sending.click();
	await expect(desk.locator('[name=phone]')).toHaveValue('bukan nomor');
	await expect(desk.locator('[name=by][value=visit]')).toBeChecked();
	await expectAccessible(desk);
	await picture(desk, 'record-form-refused');

	await api(running().origin, `/cases/${reference}/messages`, { body: { body: 'Dicatat dulu.', public: false } });
	await desk.locator('[name=kind][value=answer]').check({ force: true });
	await desk.locator('[name=phone]').fill('');
	await desk.locator('[name=body]').fill(WORDS);
	await sending.click();
	await expect(desk.getByRole('alert').or(desk.getByText('Catatan intern')).first()).toBeVisible();
	await expect(desk.locator('[name=body]')).toHaveValue(WORDS);
	await sending.click();
	await expect(desk).toHaveURL(/done=recorded/);
});

test('an attempt that failed is counted where a report is archived as incomplete', async ({ browser }) => {
	const { reference, receipt } = await asked();
	const desk = await signedIn(browser, 'pengelola.mamuju');
	await visit(desk, `/desk/cases/${reference}/archive`);
	await desk.locator('[name=reason][value=incomplete]').check({ force: true });
	await expect(desk.getByText('Belum ada upaya menghubungi pelapor')).toBeVisible();
	await desk.locator('.tries').getByRole('link', { name: 'Catat jawaban pelapor' }).click();
	await desk.locator('[name=kind][value=unreached]').check({ force: true });
	await desk.locator('[name=by][value=phone]').check({ force: true });
	await desk.locator('[name=time]').fill(wallTime());
	await desk.getByRole('button', { name: 'Simpan catatan' }).click();
	await expect(desk).toHaveURL(/done=recorded/);
	await desk.goto(`${running().origin}/desk/cases/${reference}/archive`);
	await desk.locator('[name=reason][value=incomplete]').check({ force: true });
	await expect(desk.getByText('Upaya menghubungi pelapor: 1 kali')).toBeVisible();
	await expectAccessible(desk);
	await picture(desk, 'archive-tries');

	const phone = await tracked(browser, receipt);
	await expect(phone.getByText('Kami mencoba menghubungi Anda')).toBeVisible();
	await expect(phone.getByText(/Telepon, .+: belum berhasil/)).toBeVisible();
});
