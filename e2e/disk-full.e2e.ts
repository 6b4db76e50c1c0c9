import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Page } from './support/test.ts';
import sharp from 'sharp';
import { startSite, TEST_KEY } from './support/site.ts';

const BODY = 'Kursi ruang tunggu patah dan antrean tidak bergerak selama satu jam.';
const MEGABYTE = 1024 ** 2;

/** A file system of its own, so small that it can be filled. Undefined if this machine lets nobody mount one. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-small-disk-'));
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
		return folder;
	} catch {
		await rm(folder, { recursive: true });
		return undefined;
	}
}

async function fill(disk: string, leaveMegabytes: number): Promise<void> {
	await rm(join(disk, 'filling'), { force: true });
	const { bavail, bsize } = statfsSync(disk);
	await writeFile(join(disk, 'filling'), Buffer.alloc(bavail * bsize - leaveMegabytes * MEGABYTE, 'x'));
}

async function sendComplaint(page: Page, origin: string, photo?: Buffer): Promise<number> {
	await page.goto(`${origin}/contoh/pengaduan`);
	await page.locator('[name=body]').fill(BODY);
	await page.locator('[name=identity][value=none]').check({ force: true });
	if (photo) await page.setInputFiles('[name=file]', { name: 'kursi.jpg', mimeType: 'image/jpeg', buffer: photo });
	const answer = page.waitForResponse((response) => response.request().method() === 'POST');
	await page.getByRole('button', { name: 'Kirim pengaduan' }).click();
	return (await answer).status();
}

test('on a disk that fills up files are refused first, then everything, and what was typed stays on the page', async ({
	browser
}) => {
	const disk = await smallDisk(700);
	test.skip(!disk, 'nobody may mount a file system here');
	const folder = join(disk as string, 'data');
	const settings = { DATA_DIR: folder, LIMITS: 'off', DISK_RESERVE_MB: '200' };
	const account = ['--username', 'admin', '--name', 'Admin Contoh', '--unit', '7600', '--role', 'admin'];
	execFileSync(process.execPath, ['scripts/user-create.ts', ...account, '--unit-slug', 'contoh'], {
		env: { PATH: process.env.PATH ?? '', APP_KEY: TEST_KEY, ...settings },
		stdio: 'ignore'
	});
	const site = await startSite(settings);
	const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
	const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#000', noise } })
		.jpeg()
		.toBuffer();
	try {
		const { origin } = site;
		const ready = async () => (await fetch(`${origin}/readyz`)).status;
		const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
		expect(await sendComplaint(page, origin, photo)).toBe(303);

		// Less than the reserve: reports are taken, files are not.
		await fill(disk as string, 150);
		expect(await sendComplaint(page, origin, photo)).toBe(507);
		await expect(page.getByText('penyimpanan kantor sedang penuh').first()).toBeVisible();
		await expect(page.locator('[name=body]')).toHaveValue(BODY);
		expect(await sendComplaint(page, origin)).toBe(303);
		expect(await ready()).toBe(200);
		expect(await readdir(join(folder, 'incoming')).catch(() => [])).toEqual([]);

		// Hardly anything: the embedded database would die of it.
		for (const left of [40, 1]) {
			await fill(disk as string, left);
			expect(await sendComplaint(page, origin)).toBe(507);
			await expect(page.getByText('penyimpanan kantor penuh').first()).toBeVisible();
			await expect(page.locator('[name=body]')).toHaveValue(BODY);
			expect(await ready()).toBe(503);
		}

		await rm(join(disk as string, 'filling'));
		expect(await sendComplaint(page, origin, photo)).toBe(303);
		expect(await ready()).toBe(200);
	} finally {
		await site.stop();
		execFileSync('umount', [disk as string]);
		await rm(disk as string, { recursive: true, force: true });
	}
});
