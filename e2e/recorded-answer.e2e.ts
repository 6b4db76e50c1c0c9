import { localTime } from '../src/lib/calendar/days.ts';
import { act, openCase } from './support/cases.ts';
import { running } from './support/journey.ts';
import { find, send, signIn, tabTo, verb } from './support/keys.ts';
import {
	expectAccessible,
	fill,
	openAtDesk,
	phoneWithoutScripts,
	signedIn,
	track,
	openAndCheck,
	WIDE
} from './support/pages.ts';
import { api } from './support/site.ts';
import { expect, test, type Browser, type Page } from './support/test.ts';

const WORDS = 'Pelapor menyebut kejadiannya Senin pagi di meja enam.';

/** Opens a complaint of Mamuju with an open question to its reporter. */
async function openQuestion(changes: Record<string, unknown> = {}): Promise<{ reference: string; receipt: string }> {
	const reporter = { name: 'Andi Contoh', phone: '081234567890' };
	const opened = await openCase({ identity: 'named', reporter, ...changes });
	const waiting = await act(opened.reference, 'information-request', { body: 'Hari apa kejadiannya?' });
	expect(waiting.status).toBe('needs_info');
	return opened;
}

/** The local time at the office. */
const officeTime = () => localTime(new Date(), 'Asia/Makassar').slice(0, 5);

async function tracked(browser: Browser, receipt: string): Promise<Page> {
	const phone = await phoneWithoutScripts(browser);
	await track(phone, receipt);
	return phone;
}

/** Types a time into the focused field, in the 12-hour or 24-hour format of the browser. */
async function typeTime(page: Page, time: string): Promise<void> {
	const [hour = 0, minute = 0] = time.split(':').map(Number);
	const two = (part: number) => String(part).padStart(2, '0');
	await page.keyboard.type(`${two(hour % 12 || 12)}${two(minute)}${hour < 12 ? 'A' : 'P'}`);
	const field = page.locator('[name=time]');
	if ((await field.inputValue()) !== time) await field.fill(time);
}

test('an answer by phone is recorded by keyboard alone; the reporter reads who wrote it', async ({ browser }) => {
	const { reference, receipt } = await openQuestion();
	const desk = await browser.newPage({ viewport: WIDE });
	await signIn(desk, 'penangan.mamuju');
	await find(desk, reference);
	await verb(desk, 'p', 'reporter-answer');
	await tabTo(desk, desk.locator('[name=kind]').first());
	await desk.keyboard.press('Space');
	await tabTo(desk, desk.locator('[name=by]').first());
	await desk.keyboard.press('ArrowDown');
	await expect(desk.locator('[name=by][value=phone]')).toBeChecked();
	await tabTo(desk, desk.locator('[name=time]'));
	await typeTime(desk, officeTime());
	await tabTo(desk, desk.locator('[name=body]'));
	await desk.keyboard.type(WORDS);
	await send(desk, 'recorded');
	await expect(desk.getByText('Pelapor, dicatat').first()).toBeVisible();
	await expect(desk.getByText(WORDS)).toBeVisible();
	// The status of this report, not of similar ones.
	await expect(desk.locator('h1 + *')).toHaveText('Diterima');
	await expectAccessible(desk);

	const phone = await tracked(browser, receipt);
	await expect(phone.getByText(/Dicatat petugas \(Telepon, .+\):/)).toBeVisible();
	await expect(phone.getByText(WORDS)).toBeVisible();
	expect(await phone.content()).not.toContain('Petugas Contoh');
});

test('the form says what is missing and keeps what was typed, also after a conflict', async ({ browser }) => {
	const { reference } = await openQuestion({ identity: 'withheld' });
	const path = `/desk/cases/${reference}/reporter-answer`;
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, path);
	await expect(desk.getByText('identitasnya dirahasiakan')).toBeVisible();
	await expect(desk.locator('[name=kind][value=objection]')).toHaveCount(0);
	await desk.locator('[name=kind][value=contact]').check({ force: true });
	await expect(desk.locator('[name=body]')).toBeHidden();
	await desk.locator('[name=phone]').fill('bukan nomor');
	await desk.locator('[name=by][value=visit]').check({ force: true });
	await desk.locator('[name=time]').fill(officeTime());
	const sending = desk.getByRole('button', { name: 'Simpan catatan' });
	await sending.click();
	await expect(desk.locator('#errors')).toBeVisible();
	await expect(desk.locator('[name=phone]')).toHaveValue('bukan nomor');
	await expect(desk.locator('[name=by][value=visit]')).toBeChecked();
	await expectAccessible(desk);

	await api(running().origin, `/cases/${reference}/messages`, { body: { body: 'Dicatat dulu.', public: false } });
	await desk.locator('[name=kind][value=answer]').check({ force: true });
	await fill(desk, { phone: '', body: WORDS });
	const answer = desk.waitForResponse((one) => one.request().method() === 'POST' && one.url().includes(path));
	await sending.click();
	expect((await answer).status()).toBe(409);
	await expect(desk.locator('[name=body]')).toHaveValue(WORDS);
	await sending.click();
	await expect(desk).toHaveURL(/done=recorded/);
});

test('a failed attempt to reach the reporter is counted when the report is archived as incomplete', async ({
	browser
}) => {
	const { reference, receipt } = await openQuestion();
	const desk = await signedIn(browser, 'penangan.mamuju');
	await openAndCheck(desk, `/desk/cases/${reference}/archive`);
	await desk.locator('[name=reason][value=incomplete]').check({ force: true });
	await expect(desk.getByText('Belum ada upaya menghubungi pelapor')).toBeVisible();
	await desk.locator('.tries').getByRole('link', { name: 'Catat jawaban pelapor' }).click();
	await desk.locator('[name=kind][value=unreached]').check({ force: true });
	await desk.locator('[name=by][value=phone]').check({ force: true });
	await desk.locator('[name=time]').fill(officeTime());
	await desk.getByRole('button', { name: 'Simpan catatan' }).click();
	await expect(desk).toHaveURL(/done=recorded/);
	await openAtDesk(desk, reference, 'archive');
	await desk.locator('[name=reason][value=incomplete]').check({ force: true });
	await expect(desk.getByText('Upaya menghubungi pelapor: 1 kali')).toBeVisible();
	await expectAccessible(desk);

	const phone = await tracked(browser, receipt);
	await expect(phone.getByText('Kami mencoba menghubungi Anda')).toBeVisible();
	await expect(phone.getByText(/Telepon, .+: belum berhasil/)).toBeVisible();
});
