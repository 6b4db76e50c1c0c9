import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inArray } from 'drizzle-orm';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { diskStorage } from '#lib/server/integrations/storage/disk.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { incomingFiles } from '#lib/server/db/schema/channels.ts';
import { reference } from '#lib/server/reference/reference.ts';

let opened: { root: string; storage: ReturnType<typeof diskStorage> } | undefined;

const root = () => join(env().DATA_DIR, 'files');

/** Storage of cleaned files in DATA_DIR. Their names are random. */
export function fileStore(): ReturnType<typeof diskStorage> {
	if (opened?.root !== root()) opened = { root: root(), storage: holdingRemovals(diskStorage(root())) };
	return opened.storage;
}

const HELD = 'files.held';
/** The marker file of a process that postpones deletions expires after this, unless the process renews it. */
const HELD_MS = 5 * MINUTE_MS;
const RENEW_MS = 30_000;

const holdMarker = () => join(env().DATA_DIR, HELD);

async function removalsHeld(): Promise<boolean> {
	const marker = await stat(holdMarker()).catch(() => undefined);
	return marker !== undefined && now().getTime() - marker.mtimeMs < HELD_MS;
}

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
	const isHeldAlready = await removalsHeld();
	const hold = () => writeFile(holdMarker(), '');
	await hold();
	const renewing = setInterval(() => void hold().catch(() => {}), RENEW_MS);
	renewing.unref();
	return async () => {
		clearInterval(renewing);
		// The marker of another backup stays when a second one is refused. Without a process that renews it, it expires.
		if (!isHeldAlready) await rm(holdMarker(), { force: true });
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
	const { officers, units } = await reference();
	const photos = officers.flatMap(({ photoKey }) => photoKey ?? []);
	return new Set([...files.map(({ key }) => key), ...photos, ...units.flatMap(({ logo }) => logo?.key ?? [])]);
}

/** Removes files without a row. They are left when a process dies between writing a file and committing its row. */
export async function sweepFiles(): Promise<void> {
	const before = now().getTime() - GRACE_MS;
	let batch: string[] = [];
	const clean = async () => {
		const known = batch.length > 0 ? await withRows(batch) : new Set<string>();
		for (const key of batch) if (!known.has(key)) await fileStore().remove(key);
		batch = [];
	};
	for await (const { key, modifiedAt } of fileStore().list()) {
		if (modifiedAt.getTime() > before) continue;
		batch.push(key);
		if (batch.length >= BATCH) await clean();
	}
	await clean();
}
