import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { makeActor, makeCase, makePlace, makeUnit } from '../src/lib/dev/testing/factories.ts';
import { copyCases } from '../src/lib/dev/testing/forwarding/many-forwards.ts';
import { bringTo, readCase } from '../src/lib/dev/testing/office.ts';
import { ensureDefaults } from '../src/lib/server/calendar/load.ts';
import { verifyCase } from '../src/lib/server/cases/handling/verify.ts';
import { withClock } from '../src/lib/server/clock.ts';
import { db, handle } from '../src/lib/server/db/index.ts';
import { startQueue, stopQueue } from '../src/lib/server/jobs/queue.ts';
import { openOwnSite, withPasswords } from './support/own-site.ts';
import {
	downloaded,
	expectAccessible,
	expectFits,
	checkPagesInFullRun,
	isFullRun,
	signedInAt,
	openAndCheck,
	WIDE
} from './support/pages.ts';
import { expect, test, type Download } from './support/test.ts';

/** In a quarter that ended more than two weeks ago, on any day of the year. */
const LONG_AGO_MS = 110 * 24 * 3_600_000;
/** More cases than one download contains. */
const MANY = 12_000;
const CATEGORIES = [...Array<string>(8).fill('time'), ...Array<string>(6).fill('facilities'), 'cost', 'cost'];

/**
 * A province and an office with people of every role and some reports of a past quarter. A second office has more
 * reports than are exported at once.
 */
const openOffice = () =>
	openOwnSite('boards', async () => {
		await startQueue(handle(), false);
		await ensureDefaults(db());
		const root = await makeUnit();
		const unit = await makeUnit({ parent: root });
		const large = await makeUnit({ parent: root });
		const people = {
			supervisor: await makeActor([[unit.id, 'handler', 'supervisor']]),
			manager: await makeActor([[unit.id, 'manager']]),
			above: await makeActor([[root.id, 'handler', 'supervisor', 'manager', 'admin']]),
			many: await makeActor([[large.id, 'handler']]),
			colleague: await makeActor([[large.id, 'handler']])
		};
		const handler = await makeActor([[unit.id, 'handler']]);
		const place = (await makePlace(unit.id)).id;
		const reportLongAgo = async () => {
			for (const category of CATEGORIES) {
				const { reference } = await makeCase(unit, { category, kind: 'suggestion', place }, { channel: 'qr' });
				await verifyCase(handler, reference, { category, class: 'plain', version: 1 });
			}
			const { reference } = await makeCase(unit, { category: 'time' });
			const { supervisor, above: rootSupervisor } = people;
			await bringTo({ root, unit, handler, supervisor, rootSupervisor }, reference, 'closed');
		};
		await withClock(() => new Date(Date.now() - LONG_AGO_MS), reportLongAgo);
		await makeCase(unit, { category: 'integrity' });
		const { id } = await readCase((await makeCase(large, { title: '=1+1' })).reference);
		if (isFullRun) await copyCases(id, MANY);
		await stopQueue(5);
		return { root, unit, people: await withPasswords(people), many: MANY + 1 };
	});

let office: Awaited<ReturnType<typeof openOffice>>;
test.beforeAll(async () => void (office = await openOffice()));
test.afterAll(() => office?.stop());

const number = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));

const rowsOf = async (file: Download): Promise<Record<string, string>[]> =>
	parse(await readFile(await file.path()), { bom: true, columns: true });

test('every figure of a supervisor’s board opens that number of reports; the board fits any width and paper', async ({
	browser
}) => {
	const page = await signedInAt(browser, office.origin, office.people.supervisor);
	await page.setViewportSize(WIDE);
	await page.goto(`/desk`);
	await page.getByRole('link', { name: 'Daftar dan rekap' }).click();
	await expect(page).toHaveURL(/\/insight\/cases/);
	await openAndCheck(page, `/insight/cases?unit=${office.unit.slug}`);
	await expect(page.locator('dl > div').filter({ hasText: 'Masuk' }).locator('dd')).toHaveText('17');
	const links = await page
		.locator('main a[href^="/desk?"]')
		.evaluateAll((all) => all.map((link) => ({ href: link.getAttribute('href') ?? '', said: link.textContent ?? '' })));
	expect(links.length).toBeGreaterThan(12);
	for (const { href, said } of links) {
		await page.goto(href);
		await expect(page.getByText('Disaring:')).toBeVisible();
		const listed = await page
			.locator('main a[href^="/desk/cases/"]')
			.evaluateAll((all) => new Set(all.map((link) => (link as HTMLAnchorElement).pathname.split('/')[3])).size);
		expect(listed, href).toBe(Math.min(number(said), 30));
	}
	await page.goto(`/insight/cases?unit=${office.unit.slug}`);
	await expectFits(page, 360, 1440);
	await page.emulateMedia({ media: 'print' });
	await expect(page.getByRole('navigation').first()).toBeHidden();
	await expect(page.getByLabel('Saring')).toBeHidden();
});

test('a manager sees the same figures without links to reports and without details of a restricted one', async ({
	browser
}) => {
	const page = await signedInAt(browser, office.origin, office.people.manager);
	await openAndCheck(page, `/insight/cases?unit=${office.unit.slug}`);
	await expect(page.locator('dl > div').filter({ hasText: 'Masuk' }).locator('dd')).toHaveText('17');
	await expect(page.locator('main a[href^="/desk"]')).toHaveCount(0);
	await expect(page.getByRole('rowheader', { name: /Integritas/ })).toHaveCount(0);
	const above = await signedInAt(browser, office.origin, office.people.above);
	await above.goto(`/insight/cases?unit=${office.root.slug}&scope=tree`);
	await expect(above.getByRole('rowheader', { name: /Integritas/ })).toBeVisible();
	await expect(above.getByRole('table', { name: 'Menurut satuan kerja' }).getByRole('row')).toHaveCount(4);
});

test('the public page exists once it is turned on, and hides small groups', async ({ browser }) => {
	const phone = await browser.newPage({ baseURL: office.origin });
	const officePage = `/${office.unit.slug}`;
	expect((await phone.goto(`${officePage}/angka`))?.status()).toBe(404);
	await phone.goto(officePage);
	await expect(phone.getByRole('link', { name: 'Laporan dalam angka' })).toHaveCount(0);

	const admin = await signedInAt(browser, office.origin, office.people.above);
	const set = async (shown: boolean) => {
		await admin.goto(`/admin/units/${office.unit.code}/figures`);
		await admin.getByRole('checkbox', { name: /Tampilkan di/ }).setChecked(shown);
		await admin
			.getByRole('textbox', { name: /Yang diperbaiki/ })
			.fill('Kursi ruang tunggu ditambah.\nPapan jam layanan diganti.');
		await admin.getByRole('button', { name: 'Simpan angka untuk umum' }).click();
		await expect(admin.getByRole('status')).toContainText('disimpan');
	};
	await set(true);
	await expect(async () => {
		await phone.goto(officePage);
		await phone.getByRole('link', { name: 'Laporan dalam angka' }).click({ timeout: 1000 });
	}).toPass();
	await openAndCheck(phone, `/${office.unit.slug}/angka`);
	await expect(phone.locator('script[src]')).toHaveCount(0);
	const facts = phone.locator('main');
	// Seventeen were received, one of them answered. The two about costs are counted with the next larger group.
	await expect(facts).toContainText('sekitar 15');
	await expect(facts.getByText('terlalu sedikit untuk ditampilkan').first()).toBeVisible();
	await expect(facts.getByRole('rowheader', { name: 'Waktu pelayanan' })).toBeVisible();
	await expect(facts.getByRole('rowheader', { name: 'Lainnya' })).toBeVisible();
	await expect(facts).not.toContainText(/Biaya|Integritas|17/);
	await expect(facts.getByRole('listitem').filter({ hasText: 'Kursi ruang tunggu ditambah.' })).toBeVisible();
	await admin.goto(`/admin/log?area=unit`);
	await expect(admin.getByText('mengubah halaman angka untuk umum').first()).toBeVisible();

	await set(false);
	await expect(async () => expect((await phone.goto(`${officePage}/angka`))?.status()).toBe(404)).toPass();
});

test('few reports download at once; many show progress, can be cancelled, and are private', async ({ browser }) => {
	test.skip(!isFullRun, 'Only npm run test:all makes so many reports.');
	const small = await signedInAt(browser, office.origin, office.people.supervisor);
	await checkPagesInFullRun(small, '/desk/exports');
	await small.goto(`/desk/exports`);
	await small.getByLabel('CSV').check();
	const rows = await rowsOf(await downloaded(small, small.getByRole('button', { name: 'Buat berkas' })));
	expect(rows).toHaveLength(17);

	const page = await signedInAt(browser, office.origin, office.people.many);
	await page.goto(`/desk/exports`);
	await page.getByLabel('Excel (XLSX)').check();
	await page.getByRole('button', { name: 'Buat berkas' }).click();
	await expect(page.getByRole('progressbar')).toBeVisible();
	await expect(page.getByText(/Sedang dibuat: \d+%/)).toBeVisible();
	await page.getByRole('button', { name: 'Batalkan' }).click();
	await expect(page.getByText('Dibatalkan')).toBeVisible();

	await page.getByLabel('CSV').check();
	await page.getByRole('button', { name: 'Buat berkas' }).click();
	const ready = page.getByRole('link', { name: 'Unduh CSV' });
	await expect(ready).toBeVisible({ timeout: 90_000 });
	await expectAccessible(page);
	const href = await ready.getAttribute('href');
	const all = await rowsOf(await downloaded(page, ready));
	expect(all).toHaveLength(office.many);
	expect(all[0]?.Judul).toBe("'=1+1");

	const other = await signedInAt(browser, office.origin, office.people.colleague);
	expect((await other.request.get(href ?? '')).status()).toBe(404);
	await other.goto(`/desk/exports`);
	await expect(other.getByText('Belum ada berkas')).toBeVisible();
});
