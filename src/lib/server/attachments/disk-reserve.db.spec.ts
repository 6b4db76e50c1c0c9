import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { diskSpace, withDiskSpace, type DiskSpace } from '#lib/server/disk-space.ts';
import { env } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { requireDiskSpace, reservedBytes, storeFile } from './disk-reserve.ts';
import { fileStore } from './store.ts';

const onDisk = <T>(space: DiskSpace, work: () => T) => withDiskSpace(() => space, work);

const GIGABYTE = 1024 ** 3;
/** Below the reserve, and above what a transaction of the embedded database needs. */
const FULL = { free: 100 * 1024 ** 2, size: 8 * GIGABYTE };
const ROOMY = { free: 4 * GIGABYTE, size: 8 * GIGABYTE };

let unit: Awaited<ReturnType<typeof makeUnit>>;
beforeEach(async () => {
	unit = await makeUnit();
});

const countCases = async () => (await db().select().from(cases).where(eq(cases.unitId, unit.id))).length;

describe('a full disk', () => {
	it('accepts reports without files, refuses files with a message, and stores none of them', async () => {
		const files = [{ name: 'loket.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') }];
		await onDisk(FULL, async () => {
			await expect(makeCase(unit, {}, { files })).rejects.toMatchObject({
				issues: [{ path: 'file', code: 'file_no_room' }]
			});
			expect(await countCases()).toBe(0);
			await makeCase(unit);
			expect(await countCases()).toBe(1);
		});
		expect(await readdir(`${env().DATA_DIR}/files`).catch(() => [])).toEqual([]);
		await onDisk(ROOMY, () => makeCase(unit, {}, { files }));
		expect(await countCases()).toBe(2);
	});

	it('refuses a file that would use a part of the reserve, not only when the reserve is used up', async () => {
		const nearly = { free: reservedBytes() + 1000, size: GIGABYTE };
		await onDisk(nearly, async () => {
			await requireDiskSpace(1000);
			await expect(requireDiskSpace(1001)).rejects.toMatchObject({ issues: [{ code: 'file_no_room' }] });
		});
	});

	it('is logged once when it becomes full and once when it has space again', async () => {
		const [errors, infos] = [vi.spyOn(log(), 'error'), vi.spyOn(log(), 'info')];
		await onDisk(ROOMY, () => requireDiskSpace(1));
		errors.mockClear();
		infos.mockClear();
		for (const space of [FULL, FULL, FULL, ROOMY, ROOMY])
			await onDisk(space, () => requireDiskSpace(1).catch(() => undefined));
		expect([errors.mock.calls.length, infos.mock.calls.length]).toEqual([1, 1]);
	});

	it.each([
		['ENOSPC', { issues: [{ code: 'file_no_room' }] }],
		['EDQUOT', { issues: [{ code: 'file_no_room' }] }],
		['EIO', { code: 'EIO' }]
	])('gives the same refusal for an error of the disk itself, and none for other errors: %s', async (code, thrown) => {
		vi.spyOn(fileStore(), 'put').mockRejectedValue(Object.assign(new Error('write'), { code }));
		await expect(onDisk(ROOMY, () => storeFile(Buffer.from('x')))).rejects.toMatchObject(thrown);
	});
});

it('reads the free space of the disk, even before the folder exists', async () => {
	const { free, size } = await diskSpace(join(env().DATA_DIR, 'belum', 'ada'));
	expect(size).toBeGreaterThan(free);
	expect(free).toBeGreaterThanOrEqual(0);
});
