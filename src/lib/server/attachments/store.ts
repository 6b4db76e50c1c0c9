import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { inArray } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { diskStorage } from '#lib/server/integrations/storage/disk.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { incomingFiles } from '#lib/server/db/schema/channels.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

let opened: { root: string; storage: ReturnType<typeof diskStorage> } | undefined;

const root = () => join(env().DATA_DIR, 'files');

/** Storage of cleaned files in DATA_DIR. Their names are random. */
export function fileStore(): ReturnType<typeof diskStorage> {
	if (opened?.root !== root()) opened = { root: root(), storage: holdingRemovals(diskStorage(root())) };
	return opened.storage;
}

/** Prefix of marker files. Each holder has its own file, so none removes or renews the file of another. */
const HELD = 'files.held.';
/** The marker file of a process that postpones deletions expires after this, unless the process renews it. */
const HELD_MS = 5 * MINUTE_MS;
const RENEW_MS = 30_000;
/** How often the nightly sweep looks whether it may delete files. */
const LOOK_MS = 2000;

/** The marker files, each with the milliseconds since it was renewed. */
async function markers(): Promise<{ path: string; age: number }[]> {
	const names = (await readdir(env().DATA_DIR).catch(() => [])).filter((name) => name.startsWith(HELD));
	const found = names.map(async (name) => {
		const path = join(env().DATA_DIR, name);
		const file = await stat(path).catch(() => undefined);
		return file ? [{ path, age: now().getTime() - file.mtimeMs }] : [];
	});
	return (await Promise.all(found)).flat();
}

const removalsHeld = async () => (await markers()).some(({ age }) => age < HELD_MS);

/** While deletions are postponed, a file without a row stays, and the nightly sweep deletes it later. */
function holdingRemovals(storage: ReturnType<typeof diskStorage>): ReturnType<typeof diskStorage> {
	const remove = async (key: string) => {
		if (!(await removalsHeld())) await storage.remove(key);
	};
	return { ...storage, remove };
}

/**
 * Prevents every process on this folder from deleting files until the returned function is called. Rows are deleted before
 * their files, so each row read after this call has its file.
 */
export async function holdRemovals(): Promise<() => Promise<void>> {
	await mkdir(env().DATA_DIR, { recursive: true, mode: 0o700 });
	const marker = join(env().DATA_DIR, HELD + crypto.randomUUID());
	await writeFile(marker, '');
	const renewing = setInterval(() => void utimes(marker, now(), now()).catch(() => {}), RENEW_MS);
	renewing.unref();
	return async () => {
		clearInterval(renewing);
		await rm(marker, { force: true });
	};
}

/** A file younger than this may still be waiting for its transaction. */
const GRACE_MS = DAY_MS;
const BATCH = 500;

async function withRows(keys: readonly string[]): Promise<Set<string>> {
	const files = await db()
		.select({ key: attachments.id })
		.from(attachments)
		.where(inArray(attachments.id, [...keys]))
		.union(
			db()
				.select({ key: incomingFiles.id })
				.from(incomingFiles)
				.where(inArray(incomingFiles.id, [...keys]))
		);
	const { officers, units } = await referenceData();
	const photos = officers.flatMap(({ photoKey }) => photoKey ?? []);
	return new Set([...files.map(({ key }) => key), ...photos, ...units.flatMap(({ logo }) => logo?.key ?? [])]);
}

/**
 * Removes files without a row, and marker files. They are left when a process dies before it commits or resumes. Waits
 * while a backup prevents deletions, because the backup may run each night at the time of the sweep.
 */
export async function sweepFiles(): Promise<void> {
	const before = now().getTime() - GRACE_MS;
	let batch: string[] = [];
	const clean = async () => {
		if (batch.length === 0) return;
		while (await removalsHeld()) await wait(LOOK_MS, undefined, { ref: false });
		const known = await withRows(batch);
		for (const key of batch) if (!known.has(key)) await fileStore().remove(key);
		batch = [];
	};
	for await (const { key, modifiedAt } of fileStore().list()) {
		if (modifiedAt.getTime() > before) continue;
		batch.push(key);
		if (batch.length >= BATCH) await clean();
	}
	await clean();
	for (const { path, age } of await markers()) if (age > GRACE_MS) await rm(path, { force: true });
}
