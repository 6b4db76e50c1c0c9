import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { fileStore, holdRemovals, sweepFiles } from './store.ts';

test('keeps files until the last backup ends', async () => {
	const key = crypto.randomUUID();
	await fileStore().put(key, Buffer.from('x'));
	const isThereAfterRemoval = async () => {
		await fileStore().remove(key);
		return (await fileStore().read(key)) !== null;
	};
	const resume = await holdRemovals();
	const resumeSecond = await holdRemovals();
	await resume();
	expect(await isThereAfterRemoval()).toBe(true);
	const resumeRefused = await holdRemovals();
	await resumeRefused();
	expect(await isThereAfterRemoval()).toBe(true);
	await resumeSecond();
	expect(await isThereAfterRemoval()).toBe(false);
});

test('the sweep waits for a backup, and then deletes files without a row', async () => {
	const key = crypto.randomUUID();
	await fileStore().put(key, Buffer.from('x'));
	const path = join(env().DATA_DIR, 'files', key.slice(0, 2), key.slice(2, 4), key);
	await utimes(path, ago(2 * DAY_MS), ago(2 * DAY_MS));
	const resume = await holdRemovals();
	const sweeping = sweepFiles();
	await wait(100);
	expect(await fileStore().read(key)).not.toBeNull();
	await resume();
	await sweeping;
	expect(await fileStore().read(key)).toBeNull();
});

test('sweeps the marker files of backups that died', async () => {
	await holdRemovals();
	const held = async () => (await readdir(env().DATA_DIR)).filter((name) => name.startsWith('files.held'));
	for (const name of await held()) await utimes(join(env().DATA_DIR, name), ago(2 * DAY_MS), ago(2 * DAY_MS));
	const resume = await holdRemovals();
	await sweepFiles();
	expect(await held()).toHaveLength(1);
	await resume();
	expect(await held()).toEqual([]);
});
