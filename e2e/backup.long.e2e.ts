import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from './support/test.ts';
import postgres from 'postgres';
import { startPostgres } from '../src/lib/dev/testing/postgres-server.ts';
import { quarters } from '../src/lib/dev/testing/photos.ts';
import { command, makeFirstOffice } from './support/first-office.ts';
import { running } from './support/journey.ts';
import { signedIn, visit } from './support/pages.ts';
import { TEST_BOOTSTRAP, TEST_KEY, api, startSite } from './support/site.ts';

const PASSPHRASE = 'kata sandi cadangan untuk uji';

interface Acknowledged {
	body: Record<string, unknown>;
	answer: Record<string, unknown>;
	at: number;
	photoAt: number;
}

/** Sends reports with a photo each, as fast as they are answered, until it is told to stop; keeps what was acknowledged. */
async function stream(origin: string, photo: Blob, stop: AbortSignal, acknowledged: Acknowledged[]): Promise<void> {
	while (!stop.aborted) {
		const body = {
			unit: '7600',
			kind: 'complaint',
			body: `Laporan nomor ${acknowledged.length} dari uji cadangan.`,
			identity: 'none',
			submission_id: randomUUID()
		};
		const { status, body: answer } = await api(origin, '/cases', { body });
		expect(status).toBe(201);
		const at = Date.now();
		const form = new FormData();
		form.set('file', photo, 'foto.jpg');
		const sent = await fetch(`${origin}/api/v1/cases/${String(answer.reference)}/attachments`, {
			method: 'POST',
			headers: { authorization: `Bearer ${TEST_BOOTSTRAP}` },
			body: form
		});
		expect(sent.status).toBe(201);
		acknowledged.push({ body, answer, at, photoAt: Date.now() });
	}
}

/** The way of a citizen who comes back: the receipt opens the report, without scripts. */
async function trackedPage(origin: string, receipt: string): Promise<string> {
	const opened = await fetch(`${origin}/lacak`, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin },
		body: new URLSearchParams({ receipt })
	});
	expect(opened.headers.get('location')).toBe('/lacak/laporan');
	const cookie = opened.headers.getSetCookie().map((one) => one.split(';')[0]);
	return (await fetch(`${origin}/lacak/laporan`, { headers: { cookie: cookie.join('; ') } })).text();
}

async function signInAs(page: Page, origin: string, password: string): Promise<void> {
	await page.goto(`${origin}/login?next=/admin/backup`);
	await page.locator('[name=username]').fill('admin');
	await page.locator('[name=password]').fill(password);
	await page.getByRole('button', { name: 'Masuk', exact: true }).click();
	await expect(page).toHaveURL(/\/admin\/backup/);
}

/** Backs up a site in the middle of a stream of reports, and loses it. @returns what the command said */
async function backedUpAndLost(settings: Record<string, string>, acknowledged: Acknowledged[]): Promise<string> {
	const photo = new Blob([new Uint8Array(await quarters(800, 600).jpeg().toBuffer())], { type: 'image/jpeg' });
	const stopping = new AbortController();
	const site = await startSite({ ...settings, LIMITS: 'off' });
	try {
		const streams = Array.from({ length: 4 }, () => stream(site.origin, photo, stopping.signal, acknowledged));
		while (acknowledged.length < 12) await new Promise((done) => setTimeout(done, 20));
		const before = acknowledged.length;
		const { stdout } = await command('backup', [], settings);
		// The site went on taking reports while it was backed up.
		expect(acknowledged.length).toBeGreaterThan(before);
		stopping.abort();
		await Promise.all(streams);
		return stdout;
	} finally {
		stopping.abort();
		await site.kill();
	}
}

/** The whole of it: a site under load, its backup, its loss, the restore, and the site that goes on. */
async function rehearse(page: Page, own: Record<string, string>, other: Record<string, string>): Promise<void> {
	const settings = { ...own, BACKUP_PASSPHRASE: PASSPHRASE };
	const password = await makeFirstOffice(settings);
	const acknowledged: Acknowledged[] = [];
	const output = await backedUpAndLost(settings, acknowledged);
	const [, path = ''] = /^backup +(.+)$/m.exec(output) ?? [];
	const [, moment = ''] = /as of (\S+)/.exec(output) ?? [];
	const { stdout } = await command('restore', [path], { ...other, BACKUP_PASSPHRASE: PASSPHRASE });
	const [, attachments = ''] = /(\d+) attachments read back, every hash agrees/.exec(stdout) ?? [];
	const until = Date.parse(moment);
	expect(Number(attachments)).toBeGreaterThanOrEqual(acknowledged.filter(({ photoAt }) => photoAt < until).length);

	const known = acknowledged.filter(({ at }) => at < until);
	expect(known.length).toBeGreaterThanOrEqual(12);
	const restored = await startSite({ ...other, LIMITS: 'off' });
	try {
		for (const { body, answer } of known) {
			// Sent again, a stored report is known and gives the same answer; a lost one would be made again (201).
			const again = await api(restored.origin, '/cases', { body });
			expect(again.status).toBe(200);
			expect(again.body).toEqual(answer);
		}
		const { reference, receipt } = known[0]?.answer ?? {};
		expect(await trackedPage(restored.origin, String(receipt))).toContain(String(reference));
		await signInAs(page, restored.origin, password);
		await expect(page.getByRole('region', { name: 'Situs ini dipulihkan dari cadangan' })).toBeVisible();
		await expect(page.getByText('Tidak ada surat dari keadaan itu yang menunggu.')).toBeVisible();
		await page.getByRole('button', { name: 'Lepaskan dan lanjutkan' }).click();
		await expect(page.getByRole('status')).toContainText('Surat dan penerusan berjalan lagi');
	} finally {
		expect(await restored.stop()).toBe(0);
	}
}

test('a site on the embedded database is backed up under load, lost, and goes on from the backup', async ({ page }) => {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-keep-'));
	try {
		await rehearse(page, { DATA_DIR: join(folder, 'old') }, { DATA_DIR: join(folder, 'new') });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});

test('a site on PostgreSQL is backed up under load, lost, and goes on from the backup', async ({ page }) => {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-keep-'));
	await chmod(folder, 0o755);
	const server = await startPostgres(join(folder, 'postgres'));
	const admin = postgres(server.url, { max: 1, onnotice: () => {} });
	try {
		const names = ['lama', 'baru'].map((name) => `${name}_${randomUUID().slice(0, 8)}`);
		for (const name of names) await admin.unsafe(`create database ${name}`);
		const [own, other] = names.map((name) => ({
			DATA_DIR: join(folder, name),
			DATABASE_URL: Object.assign(new URL(server.url), { pathname: `/${name}` }).href
		}));
		await rehearse(page, own ?? {}, other ?? {});
		for (const name of names) await admin.unsafe(`drop database ${name} with (force)`);
	} finally {
		await admin.end();
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	}
});

test('a backup that is ended from outside leaves nothing, and the site goes on', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-keep-'));
	try {
		await makeFirstOffice({ DATA_DIR: folder });
		const site = await startSite({ DATA_DIR: folder });
		const asking = spawn(process.execPath, ['scripts/backup.ts'], {
			env: { PATH: process.env.PATH ?? '', APP_KEY: TEST_KEY, DATA_DIR: folder },
			stdio: 'ignore'
		});
		const asked = once(asking, 'exit');
		while ((await readdir(folder)).every((name) => name !== 'snapshot'))
			await new Promise((done) => setTimeout(done, 5));
		expect(await site.stop()).toBe(0);
		await asked;
		expect((await readdir(join(folder, 'backups'))).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
		expect(await readdir(folder)).not.toContain('snapshot');
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});

test('an administrator of the root makes a backup, sees how far it is, and takes it along', async ({ browser }) => {
	const page = await signedIn(browser, 'admin.sulbar');
	await page.goto(`${running().origin}/admin`);
	await page.getByRole('link', { name: 'Cadangan data' }).click();
	await visit(page, '/admin/backup');
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
