import { submit } from '../scripts/site/client.ts';
import { localTime } from '../src/lib/calendar/days.ts';
import { WEEKDAYS } from '../src/lib/places/roster.ts';
import { officerNamed } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import {
	expectAccessible,
	expectFits,
	fill,
	phoneWithoutScripts,
	signedIn,
	openAndCheck,
	WIDE
} from './support/pages.ts';
import { openForm } from './support/phone.ts';
import { addPlace } from './support/places.ts';
import { expect, test, type Browser, type Locator, type Page } from './support/test.ts';

const [EARLY, LATE, STAND_IN] = ['Petugas Contoh 4', 'Petugas Contoh 5', 'Petugas Contoh 6'] as const;

const hourThere = () => Number(localTime(new Date(), 'Asia/Makassar').slice(0, 2));
/** Hours from now, so that the shift does not change while the journeys run; only midnight, the other change, can fall into them. */
const HANDOVER = hourThere() >= 6 && hourThere() < 18 ? '22:00' : '12:00';
const onDutyNow = () => (localTime(new Date(), 'Asia/Makassar') < HANDOVER ? EARLY : LATE);

async function fillShift(form: Locator, officer: string, from: string, to: string): Promise<void> {
	await form.locator('[name=officerId]').selectOption({ label: officer });
	await fill(form, { startsAt: from, endsAt: to });
	await form.getByRole('button').click();
}

const weekForm = (page: Page) => page.locator('form[action="?/week"]');

const rosterOf = ({ id }: { id: string }) => `/admin/places/${id}/roster`;

const makeDesk = async () =>
	addPlace(await sessionOf('administrator.mamuju'), {
		name: `Meja uji ${crypto.randomUUID().slice(0, 8)}`,
		kind: 'desk'
	});

/** Makes a desk at which one officer is on duty at all times. */
async function makeDeskOf(officer: string): Promise<{ id: string; code: string }> {
	const desk = await makeDesk();
	const week = new URLSearchParams({ officerId: await officerNamed(officer), startsAt: '00:00', endsAt: '00:00' });
	for (const weekday of WEEKDAYS) week.append('weekdays', String(weekday));
	const cookie = await sessionOf('administrator.mamuju');
	expect((await submit(running().origin, `${rosterOf(desk)}?/week`, week, cookie)).status).toBe(303);
	return desk;
}

async function addToWeek(page: Page, officer: string, from: string, to: string): Promise<void> {
	await page.getByText('Tambah giliran mingguan').first().click();
	for (const day of ['Sabtu', 'Minggu']) await weekForm(page).getByLabel(day).check();
	await fillShift(weekForm(page), officer, from, to);
}

/** Opens the page of a code on a phone. `tap` taps and counts. */
async function phoneAt(browser: Browser, code: string) {
	const page = await phoneWithoutScripts(browser);
	await page.goto(`/q/${code}`);
	let taps = 0;
	const tap = async (target: Locator) => {
		taps++;
		await target.click();
	};
	return { page, tap, taps: () => taps };
}

const star = (page: Page, words: string) => page.getByRole('radio', { name: words, exact: true });

const notThem = (page: Page) => page.getByRole('button', { name: 'Bukan beliau?' });

/** Whether the manager finds the comment among the ratings of that officer. */
async function isRatingOf(officer: string, comment: string): Promise<boolean> {
	const { origin } = running();
	const path = `/insight/ratings?unit=mamuju&officer=${await officerNamed(officer)}`;
	const page = await fetch(origin + path, { headers: { cookie: await sessionOf('pimpinan.mamuju') } });
	return (await page.text()).includes(comment);
}

test('an administrator plans a desk’s week; a citizen rates who is on duty in two taps', async ({ browser }) => {
	const admin = await signedIn(browser, 'administrator.mamuju');
	await admin.setViewportSize(WIDE);
	const desk = await makeDesk();
	await admin.goto(`/admin/places/${desk.id}`);
	await admin.getByRole('link', { name: 'Buka jadwal' }).click();
	await expect(admin.getByText('Saat ini tidak ada giliran')).toBeVisible();
	await addToWeek(admin, EARLY, '00:00', HANDOVER);
	await expect(admin.getByRole('status')).toBeVisible();
	await expect(admin.getByRole('link', { name: /^Ubah giliran .*Petugas Contoh 4/ })).toHaveCount(7);

	// An overlapping shift is refused with the name of the other officer, and the typed values stay.
	await addToWeek(admin, LATE, '11:00', '00:00');
	await expect(admin.getByRole('alert')).toContainText(`giliran ${EARLY}, 00:00 sampai ${HANDOVER}`);
	await expectAccessible(admin);
	await expectFits(admin, 360, 1440);
	await expect(weekForm(admin).locator('[name=startsAt]')).toHaveValue('11:00');
	await fillShift(weekForm(admin), LATE, HANDOVER, '00:00');
	await expect(admin.getByRole('link', { name: /^Ubah giliran .*Petugas Contoh 5/ })).toHaveCount(7);
	await expect(admin.locator('.now')).toContainText(onDutyNow());
	await openAndCheck(admin, rosterOf(desk), 360, 1440);

	const phone = await phoneAt(browser, desk.code);
	await expect(phone.page.locator('.served')).toContainText(onDutyNow());
	await phone.tap(star(phone.page, 'Sangat puas'));
	await phone.tap(phone.page.getByRole('button', { name: 'Kirim penilaian' }));
	await expect(phone.page).toHaveURL(/terima-kasih/);
	expect(phone.taps()).toBe(2);
});

test('an unfinished rating keeps its officer when the code of another desk is opened', async ({ page }) => {
	const [first, second] = [await makeDeskOf(EARLY), await makeDeskOf(LATE)];
	await openForm(page, `/q/${first.code}`);
	await expect(page.locator('.served')).toContainText(EARLY);
	await star(page, 'Sangat tidak puas').check({ force: true });
	await page.goto(`/q/${second.code}`, { waitUntil: 'commit' });
	await expect(page).toHaveURL('/mamuju/nilai?petugas=semua');
	await expect(page.getByRole('radio', { name: EARLY })).toBeChecked();
	await expect(star(page, 'Sangat tidak puas')).toBeChecked();
	await openForm(page, `/q/${first.code}`);
	await expect(page.locator('.served')).toContainText(EARLY);
	await expect(star(page, 'Sangat tidak puas')).toBeChecked();
});

test('a shift is changed and deleted, and a day is copied to others', async ({ browser }) => {
	const page = await signedIn(browser, 'administrator.mamuju');
	await page.goto(rosterOf(await makeDesk()));
	await page.getByText('Tambah giliran mingguan').first().click();
	for (const day of ['Selasa', 'Rabu', 'Kamis', 'Jumat']) await weekForm(page).getByLabel(day).uncheck();
	await fillShift(weekForm(page), EARLY, '08:00', '12:00');
	const shifts = page.getByRole('link', { name: /^Ubah giliran/ });
	await shifts.first().click();
	await expectAccessible(page);
	await fillShift(page.locator('form[action^="?/change"]'), LATE, '09:00', '12:30');
	await expect(shifts).toHaveCount(1);
	await expect(shifts.first()).toHaveAccessibleName('Ubah giliran Senin: 09.00–12.30 Petugas Contoh 5');
	await page.getByText('Salin satu hari ke hari lain').first().click();
	const copy = page.locator('form[action="?/copy"]');
	for (const day of ['Selasa', 'Jumat']) await copy.getByLabel(day).check();
	await copy.getByRole('button').click();
	await expect(shifts).toHaveCount(3);
	await shifts.last().click();
	await page.getByRole('button', { name: 'Hapus giliran ini' }).click();
	await expect(shifts).toHaveCount(2);
	await page.goto('/admin/log?area=roster');
	await expect(page.getByText('mengubah giliran petugas').first()).toBeVisible();
	await expect(page.getByText('menghapus giliran petugas').first()).toBeVisible();
});

test('a supervisor changes today’s officer; an open form keeps the former one', async ({ browser }) => {
	const { id, code } = await makeDeskOf(EARLY);
	const early = await phoneAt(browser, code);
	await expect(early.page.locator('.served')).toContainText(EARLY);

	const supervisor = await signedIn(browser, 'penyelia.mamuju');
	await supervisor.goto('/desk/roster');
	await expectAccessible(supervisor);
	await supervisor.locator(`a[href="/desk/roster/${id}"]`).click();
	await expect(supervisor.getByRole('link', { name: /^Ubah giliran/ })).toHaveCount(0);
	await supervisor.getByText('Tambah giliran satu hari').first().click();
	await fillShift(supervisor.locator('form[action="?/day"]'), STAND_IN, '00:00', '00:00');
	await expect(supervisor.locator('.now')).toContainText(STAND_IN);
	await openAndCheck(supervisor, `/desk/roster/${id}`, 360, 1440);

	const late = await phoneAt(browser, code);
	await expect(late.page.locator('.served')).toContainText(STAND_IN);

	const comment = `Sabar menjelaskan ${crypto.randomUUID().slice(0, 8)}`;
	await star(early.page, 'Sangat puas').click();
	await early.page.getByText('Tambah keterangan').click();
	await early.page.locator('[name=comment]').fill(comment);
	await early.page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(early.page).toHaveURL(/terima-kasih/);
	expect(await isRatingOf(EARLY, comment)).toBe(true);
	expect(await isRatingOf(STAND_IN, comment)).toBe(false);

	// A handler can read the roster but not change it.
	const handler = await signedIn(browser, 'penangan.mamuju');
	await handler.goto(`/desk/roster/${id}`);
	await expect(handler.locator('.now')).toContainText(STAND_IN);
	await expect(handler.locator('main form')).toHaveCount(0);

	await supervisor.getByRole('button', { name: /^Hapus giliran Petugas Contoh 6/ }).click();
	await expect(supervisor.locator('.now')).toContainText(EARLY);
});

test('"Bukan beliau?" opens the whole list without scripts; the chosen officer is rated', async ({ browser }) => {
	const { page } = await phoneAt(browser, (await makeDeskOf(EARLY)).code);
	const comment = `Petugas pengganti ramah ${crypto.randomUUID().slice(0, 8)}`;
	await star(page, 'Puas').click();
	await page.getByText('Tambah keterangan').click();
	await page.locator('[name=comment]').fill(comment);
	await notThem(page).click();
	await expect(page.locator('.served')).toHaveCount(0);
	await expect(page.locator('[name=officer]:checked')).toHaveCount(0);
	await expect(star(page, 'Puas')).toBeChecked();
	await expect(page.locator('[name=comment]')).toHaveValue(comment);
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page.getByRole('alert')).toContainText('Pilih petugas yang melayani Anda');
	await page.getByRole('radio', { name: LATE }).check();
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page).toHaveURL(/terima-kasih/);
	expect(await isRatingOf(LATE, comment)).toBe(true);
	expect(await isRatingOf(EARLY, comment)).toBe(false);
});

test('"Bukan beliau?" clears the chosen officer, and a reload keeps "Tidak tahu"', async ({ page }) => {
	await openForm(page, `/q/${(await makeDeskOf(EARLY)).code}`);
	// After a refusal the browser's draft names the officer; the link must remove the name there as well.
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page.getByRole('alert')).toBeVisible();
	await star(page, 'Tidak puas').check({ force: true });
	await notThem(page).click();
	await expect(page).toHaveURL('/mamuju/nilai?petugas=semua');
	await page.locator('form[data-live]').waitFor();
	await expect(star(page, 'Tidak puas')).toBeChecked();
	await expect(page.locator('[name=officer]:checked')).toHaveCount(0);
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page.getByRole('alert')).toContainText('Pilih petugas yang melayani Anda');
	await page.getByRole('radio', { name: /^Tidak tahu/ }).check();
	await page.reload();
	await page.locator('form[data-live]').waitFor();
	await expect(page.getByRole('radio', { name: /^Tidak tahu/ })).toBeChecked();
	await page.getByRole('button', { name: 'Kirim penilaian' }).click();
	await expect(page).toHaveURL(/terima-kasih/);
});

test('the rating form of a desk fits a phone and a wide screen', async ({ page }) => {
	await page.goto('/q/MMJPTG');
	await openAndCheck(page, '/mamuju/nilai', 360, 1440);
	await expect(page.locator('.served')).toContainText('Petugas Contoh 1');
});
