import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccount } from '../scripts/site/start.ts';
import { noisyPhoto } from '../src/lib/dev/testing/photos.ts';
import { fillReport } from './support/pages.ts';
import { startSite, TEST_KEY, type Site } from './support/site.ts';
import { expect, test, type Page } from './support/test.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
const MEGABYTE = 1024 ** 2;

/** Mounts a file system small enough to be filled. Undefined if this machine does not allow mounting one. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-small-disk-'));
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
		// However this process ends, the disk does not stay in memory.
		process.once('exit', () => unmount(folder));
		return folder;
	} catch {
		await rm(folder, { recursive: true });
		return undefined;
	}
}

/** Removes the disk, also while a site that is about to end has files open. */
function unmount(folder: string): void {
	if (!existsSync(folder)) return;
	execFileSync('umount', ['--lazy', folder]);
	rmSync(folder, { recursive: true });
}

async function fill(disk: string, leaveMegabytes: number): Promise<void> {
	await rm(join(disk, 'filling'), { force: true });
	const { bavail, bsize } = statfsSync(disk);
	const bytes = bavail * bsize - leaveMegabytes * MEGABYTE;
	execFileSync('fallocate', ['--length', String(bytes), join(disk, 'filling')]);
}

async function sendComplaint(page: Page, photo?: Buffer): Promise<number> {
	await page.goto('/contoh/pengaduan');
	await fillReport(page, BODY);
	if (photo) await page.setInputFiles('[name=file]', { name: 'kursi.jpg', mimeType: 'image/jpeg', buffer: photo });
	const answer = page.waitForResponse((response) => response.request().method() === 'POST');
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	return (await answer).status();
}

test('a filling disk refuses files first, then everything; typed text stays on the page', async ({ browser }) => {
	const disk = await smallDisk(700);
	test.skip(!disk, 'nobody may mount a file system here');
	const folder = join(disk as string, 'data');
	const settings = { APP_KEY: TEST_KEY, DATA_DIR: folder, DISK_RESERVE_MB: '200' };
	let site: Site | undefined;
	try {
		await createAccount(settings, { 'unit-slug': 'contoh' });
		site = await startSite(settings);
		const photo = await noisyPhoto();
		const { origin } = site;
		const ready = async () => (await fetch(`${origin}/readyz`)).status;
		const page = await browser.newPage({ baseURL: origin, javaScriptEnabled: false });
		expect(await sendComplaint(page, photo)).toBe(303);

		// Less free than the reserve: reports are accepted, files are not.
		await fill(disk as string, 150);
		expect(await sendComplaint(page, photo)).toBe(507);
		await expect(page.getByText('penyimpanan kantor sedang penuh').first()).toBeVisible();
		await expect(page.locator('[name=body]')).toHaveValue(BODY);
		expect(await sendComplaint(page)).toBe(303);
		expect(await ready()).toBe(200);
		expect(await readdir(join(folder, 'incoming')).catch(() => [])).toEqual([]);

		// Almost full: a write would crash the embedded database.
		for (const left of [40, 1]) {
			await fill(disk as string, left);
			expect(await sendComplaint(page)).toBe(507);
			await expect(page.getByText('penyimpanan kantor penuh').first()).toBeVisible();
			await expect(page.locator('[name=body]')).toHaveValue(BODY);
			expect(await ready()).toBe(503);
		}

		await rm(join(disk as string, 'filling'));
		expect(await sendComplaint(page, photo)).toBe(303);
		expect(await ready()).toBe(200);
	} finally {
		await site?.stop();
		unmount(disk as string);
	}
});
