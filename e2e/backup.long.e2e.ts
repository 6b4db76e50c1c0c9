import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownDatabase, ownFolder, ownServer, withUndo } from '../scripts/long-run.ts';
import { cookiesOf, submit } from '../scripts/site/client.ts';
import { runPart, startPart } from '../scripts/site/part.ts';
import { createAccount } from '../scripts/site/start.ts';
import { quarters } from '../src/lib/dev/testing/photos.ts';
import { attach, report } from './support/cases.ts';
import { lookAt, signedIn, signedInAt, visit } from './support/pages.ts';
import { TEST_KEY, api, startSite } from './support/site.ts';
import { expect, test, type Browser } from './support/test.ts';

const PASSPHRASE = 'kata sandi cadangan untuk uji';

interface Acknowledged {
	body: Record<string, unknown>;
	answer: Record<string, unknown>;
	at: number;
	photoAt: number;
}

/** Sends reports with a photo each, as fast as they are answered, until it is told to stop; keeps what was acknowledged. */
async function stream(
	origin: string,
	photo: Uint8Array,
	stop: AbortSignal,
	acknowledged: Acknowledged[]
): Promise<void> {
	while (!stop.aborted) {
		const body = report({ unit: '7600', body: `Laporan nomor ${acknowledged.length} dari uji cadangan.` });
		const { status, body: answer } = await api(origin, '/cases', { body });
		expect(status).toBe(201);
		const at = Date.now();
		const sent = await attach(
			String(answer.reference),
			{ bytes: photo, type: 'image/jpeg', name: 'foto.jpg' },
			{ origin }
		);
		expect(sent.status).toBe(201);
		acknowledged.push({ body, answer, at, photoAt: Date.now() });
	}
}

/** The way of a citizen who comes back: the receipt opens the report, without scripts. */
async function trackedPage(origin: string, receipt: string): Promise<string> {
	const opened = await submit(origin, '/lacak', { receipt });
	expect(opened.headers.get('location')).toBe('/lacak/laporan');
	const cookie = cookiesOf(opened);
	return (await fetch(`${origin}/lacak/laporan`, { headers: { cookie } })).text();
}

/** Backs up a site in the middle of a stream of reports, and loses it. @returns what the command said */
async function backedUpAndLost(settings: Record<string, string>, acknowledged: Acknowledged[]): Promise<string> {
	const photo = await quarters(800, 600).jpeg().toBuffer();
	const stopping = new AbortController();
	const site = await startSite(settings);
	try {
		const streams = Array.from({ length: 4 }, () => stream(site.origin, photo, stopping.signal, acknowledged));
		while (acknowledged.length < 12) await new Promise((done) => setTimeout(done, 20));
		const before = acknowledged.length;
		const said = await runPart('the backup', 'scripts/backup.ts', settings);
		// The site went on taking reports while it was backed up.
		expect(acknowledged.length).toBeGreaterThan(before);
		stopping.abort();
		await Promise.all(streams);
		return said;
	} finally {
		stopping.abort();
		await site.kill();
	}
}

/** The whole of it: a site under load, its backup, its loss, the restore, and the site that goes on. */
async function rehearse(browser: Browser, from: Record<string, string>, to: Record<string, string>): Promise<void> {
	const own = { APP_KEY: TEST_KEY, LOG_LEVEL: 'silent' };
	const settings = { ...own, ...from, BACKUP_PASSPHRASE: PASSPHRASE };
	const other = { ...own, ...to };
	const password = await createAccount(settings);
	const acknowledged: Acknowledged[] = [];
	const output = await backedUpAndLost(settings, acknowledged);
	const [, path = ''] = /^backup +(.+)$/m.exec(output) ?? [];
	const [, moment = ''] = /as of (\S+)/.exec(output) ?? [];
	const restoring = { ...other, BACKUP_PASSPHRASE: PASSPHRASE };
	const said = await runPart('the restore', 'scripts/restore.ts', restoring, [path]);
	const [, attachments = ''] = /(\d+) attachments read back, every hash agrees/.exec(said) ?? [];
	const until = Date.parse(moment);
	expect(Number(attachments)).toBeGreaterThanOrEqual(acknowledged.filter(({ photoAt }) => photoAt < until).length);

	const known = acknowledged.filter(({ at }) => at < until);
	expect(known.length).toBeGreaterThanOrEqual(12);
	const restored = await startSite(other);
	try {
		for (const { body, answer } of known) {
			// Sent again, a stored report is known and gives the same answer; a lost one would be made again (201).
			const again = await api(restored.origin, '/cases', { body });
			expect(again.status).toBe(200);
			expect(again.body).toEqual(answer);
		}
		const { reference, receipt } = known[0]?.answer ?? {};
		expect(await trackedPage(restored.origin, String(receipt))).toContain(String(reference));
		const page = await signedInAt(browser, restored.origin, { username: 'admin', password });
		await page.goto('/admin/backup');
		await expect(page.getByRole('region', { name: 'Situs ini dipulihkan dari cadangan' })).toBeVisible();
		await expect(page.getByText('Tidak ada surat dari keadaan itu yang menunggu.')).toBeVisible();
		await page.getByRole('button', { name: 'Lepaskan dan lanjutkan' }).click();
		await expect(page.getByRole('status')).toContainText('Surat dan penerusan berjalan lagi');
	} finally {
		expect(await restored.stop()).toBe('');
	}
}

test('a site on the embedded database goes on from a backup that was made under load', ({ browser }) =>
	withUndo(async (undo) => {
		const folder = ownFolder(undo);
		await rehearse(browser, { DATA_DIR: join(folder, 'old') }, { DATA_DIR: join(folder, 'new') });
	}));

test('a site on PostgreSQL goes on from a backup that was made under load', ({ browser }) =>
	withUndo(async (undo) => {
		const { folder, url } = await ownServer(undo);
		const placeFor = async (name: string) => ({
			DATA_DIR: join(folder, name),
			DATABASE_URL: await ownDatabase(url, `${name}_${randomUUID().slice(0, 8)}`, undo)
		});
		await rehearse(browser, await placeFor('lama'), await placeFor('baru'));
	}));

test('a backup that is ended from outside leaves nothing, and the site goes on', () =>
	withUndo(async (undo) => {
		const folder = ownFolder(undo);
		await createAccount({ APP_KEY: TEST_KEY, DATA_DIR: folder });
		const site = await startSite({ DATA_DIR: folder });
		const asking = startPart('the backup', 'scripts/backup.ts', { APP_KEY: TEST_KEY, DATA_DIR: folder });
		while ((await readdir(folder)).every((name) => name !== 'snapshot'))
			await new Promise((done) => setTimeout(done, 5));
		expect(await site.stop()).toBe('');
		await asking.ended;
		expect((await readdir(join(folder, 'backups'))).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
		expect(await readdir(folder)).not.toContain('snapshot');
	}));

test('an administrator of the root makes a backup, sees how far it is, and takes it along', async ({ browser }) => {
	const page = await signedIn(browser, 'admin.sulbar');
	await page.goto('/admin');
	await page.getByRole('link', { name: 'Cadangan data' }).click();
	await lookAt(page, '/admin/backup');
	const rows = page.getByRole('row', { name: /Terperiksa/ });
	const before = await rows.count();
	const press = page.getByRole('button', { name: 'Cadangkan sekarang' });
	// The day's own may be on its way.
	await expect(press).toBeVisible({ timeout: 60_000 });
	await press.click();
	await expect(page.getByRole('region', { name: 'Cadangan sedang dibuat' })).toBeVisible();
	await expect(rows).toHaveCount(before + 1, { timeout: 60_000 });
	await visit(page, '/admin/backup');
	await page.getByLabel('Simpan harian').fill('9');
	await page.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(page.getByRole('status')).toContainText('Tersimpan');
});
