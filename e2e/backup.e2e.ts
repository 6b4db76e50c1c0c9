import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ownDatabase, ownFolder, ownServer, withUndo } from '../scripts/run-until-signal.ts';
import { cookiesOf, submit } from '../scripts/site/client.ts';
import { runPart, startPart } from '../scripts/site/child-process.ts';
import { createAccount } from '../scripts/site/start.ts';
import { fourColourImage } from '../src/lib/dev/testing/photos.ts';
import { attach, report } from './support/cases.ts';
import { checkPagesInFullRun, signedIn, signedInAt, openAndCheck } from './support/pages.ts';
import { TEST_KEY, api, startSite, untilReached } from './support/site.ts';
import { expect, test, type Browser } from './support/test.ts';

const PASSPHRASE = 'kata sandi cadangan untuk uji';

interface Acknowledged {
	body: Record<string, unknown>;
	response: Record<string, unknown>;
	at: number;
	photoAt: number;
}

/**
 * Sends reports with a photo each, one after the other until stopped, and records which were acknowledged. Waits in
 * between, because on a slow machine the backup else gets hardly any time.
 */
async function stream(
	origin: string,
	photo: Uint8Array,
	stop: AbortSignal,
	acknowledged: Acknowledged[]
): Promise<void> {
	while (!stop.aborted) {
		const body = report({ unit: '7600', body: `Laporan nomor ${acknowledged.length} dari uji cadangan.` });
		const { status, body: response } = await api(origin, '/cases', { body });
		expect(status).toBe(201);
		const at = Date.now();
		const sent = await attach(
			String(response.reference),
			{ bytes: photo, type: 'image/jpeg', name: 'foto.jpg' },
			{ origin }
		);
		expect(sent.status).toBe(201);
		acknowledged.push({ body, response, at, photoAt: Date.now() });
		await setTimeout(100);
	}
}

/** Opens a report with its receipt without scripts, as a returning citizen does. */
async function trackedPage(origin: string, receipt: string): Promise<string> {
	const opened = await submit(origin, '/lacak', { receipt });
	expect(opened.headers.get('location')).toBe('/lacak/laporan');
	const cookie = cookiesOf(opened);
	return (await fetch(`${origin}/lacak/laporan`, { headers: { cookie } })).text();
}

/** Backs up a site during a stream of reports and deletes the site. @returns the command's output */
async function backedUpAndLost(settings: Record<string, string>, acknowledged: Acknowledged[]): Promise<string> {
	const photo = await fourColourImage(800, 600).jpeg().toBuffer();
	const stopping = new AbortController();
	const site = await startSite(settings);
	try {
		const streams = Array.from({ length: 2 }, () => stream(site.origin, photo, stopping.signal, acknowledged));
		await untilReached(site, () => acknowledged.length >= 12);
		const before = acknowledged.length;
		const commandOutput = await runPart('the backup', 'scripts/backup.ts', settings);
		// The site accepted reports while it was backed up.
		expect(acknowledged.length).toBeGreaterThan(before);
		stopping.abort();
		await Promise.all(streams);
		return commandOutput;
	} finally {
		stopping.abort();
		await site.kill();
	}
}

/** Runs the whole test: a site under load, its backup, its loss, the restore, and the restored site. */
async function rehearse(browser: Browser, from: Record<string, string>, to: Record<string, string>): Promise<void> {
	const common = { APP_KEY: TEST_KEY, LOG_LEVEL: 'silent' };
	const settings = { ...common, ...from, BACKUP_PASSPHRASE: PASSPHRASE };
	const other = { ...common, ...to };
	const password = await createAccount(settings);
	const acknowledged: Acknowledged[] = [];
	const output = await backedUpAndLost(settings, acknowledged);
	const [, path = ''] = /^backup +(.+)$/m.exec(output) ?? [];
	const [, moment = ''] = /as of (\S+)/.exec(output) ?? [];
	const restoring = { ...other, BACKUP_PASSPHRASE: PASSPHRASE };
	const commandOutput = await runPart('the restore', 'scripts/restore.ts', restoring, [path]);
	const [, attachments = ''] = /(\d+) attachments read back, every hash agrees/.exec(commandOutput) ?? [];
	const until = Date.parse(moment);
	expect(Number(attachments)).toBeGreaterThanOrEqual(acknowledged.filter(({ photoAt }) => photoAt < until).length);

	const known = acknowledged.filter(({ at }) => at < until);
	expect(known.length).toBeGreaterThanOrEqual(12);
	const restored = await startSite(other);
	try {
		for (const { body, response } of known) {
			// A stored report that is sent again gives the same response. A lost one would be created again (201).
			const repeated = await api(restored.origin, '/cases', { body });
			expect(repeated.status).toBe(200);
			expect(repeated.body).toEqual(response);
		}
		const { reference, receipt } = known[0]?.response ?? {};
		expect(await trackedPage(restored.origin, String(receipt))).toContain(String(reference));
		const page = await signedInAt(browser, restored.origin, { username: 'admin', password });
		await page.goto('/admin/backup');
		await expect(page.getByRole('region', { name: 'Situs ini dipulihkan dari cadangan' })).toBeVisible();
		await expect(page.getByText('Tidak ada e-mail dari cadangan itu yang menunggu.')).toBeVisible();
		await page.getByRole('button', { name: 'Lepaskan dan lanjutkan' }).click();
		await expect(page.getByRole('status')).toContainText('E-mail dan penerusan berjalan lagi');
	} finally {
		expect(await restored.stop()).toBe('');
	}
}

test('a site on the embedded database continues from a backup that was made under load', ({ browser }) =>
	withUndo(async (undo) => {
		const folder = ownFolder(undo);
		await rehearse(browser, { DATA_DIR: join(folder, 'old') }, { DATA_DIR: join(folder, 'new') });
	}));

test('a site on PostgreSQL continues from a backup that was made under load', ({ browser }) =>
	withUndo(async (undo) => {
		const { folder, url } = await ownServer(undo);
		const placeFor = async (name: string) => ({
			DATA_DIR: join(folder, name),
			DATABASE_URL: await ownDatabase(url, `${name}_${crypto.randomUUID().slice(0, 8)}`, undo)
		});
		await rehearse(browser, await placeFor('lama'), await placeFor('baru'));
	}));

test('a site that is stopped during a backup ends in order and leaves no file of it', () =>
	withUndo(async (undo) => {
		const folder = ownFolder(undo);
		await createAccount({ APP_KEY: TEST_KEY, DATA_DIR: folder });
		const site = await startSite({ DATA_DIR: folder });
		const asking = startPart('the backup', 'scripts/backup.ts', { APP_KEY: TEST_KEY, DATA_DIR: folder });
		await untilReached(asking, async () => (await readdir(folder)).includes('snapshot'));
		expect(await site.stop()).toBe('');
		await asking.ended;
		expect((await readdir(join(folder, 'backups'))).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
		expect(await readdir(folder)).not.toContain('snapshot');
	}));

test('a root administrator makes a backup, sees its progress, and downloads it', async ({ browser }) => {
	const page = await signedIn(browser, 'administrator.sulbar');
	await page.goto('/admin');
	await page.getByRole('link', { name: 'Cadangan data' }).click();
	await expect(page).toHaveURL(/\/admin\/backup$/);
	await checkPagesInFullRun(page, '/admin/backup');
	const press = page.getByRole('button', { name: 'Cadangkan sekarang' });
	// The daily backup may be running.
	await expect(press).toBeVisible({ timeout: 60_000 });
	const rows = page.getByRole('row', { name: /Terperiksa/ });
	const before = await rows.count();
	await press.click();
	await expect(page.getByRole('region', { name: 'Cadangan sedang dibuat' })).toBeVisible();
	await expect(rows).toHaveCount(before + 1, { timeout: 60_000 });
	await openAndCheck(page, '/admin/backup');
	await page.getByLabel('Simpan harian').fill('9');
	await page.getByRole('button', { name: 'Simpan', exact: true }).click();
	await expect(page.getByRole('status')).toContainText('Tersimpan');
});
