import { inArray } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { fileStore } from './store.ts';

/** A file younger than this may still be waiting for its transaction. */
const GRACE = 24 * 60 * 60 * 1000;
const BATCH = 500;

async function withRows(keys: readonly string[]): Promise<Set<string>> {
	const files = await db()
		.select({ key: attachments.id })
		.from(attachments)
		.where(inArray(attachments.id, [...keys]));
	const photos = await db()
		.select({ key: officers.photoKey })
		.from(officers)
		.where(inArray(officers.photoKey, [...keys]));
	return new Set([...files, ...photos].flatMap((row) => (row.key ? [row.key] : [])));
}

/** Removes files that no row speaks of: what a process left behind that died between writing a file and its row. */
export async function sweepFiles(): Promise<number> {
	const before = now().getTime() - GRACE;
	let removed = 0;
	let batch: string[] = [];
	const clean = async () => {
		const known = batch.length > 0 ? await withRows(batch) : new Set<string>();
		for (const key of batch) {
			if (known.has(key)) continue;
			await fileStore().remove(key);
			removed += 1;
		}
		batch = [];
	};
	for await (const { key, modifiedAt } of fileStore().list()) {
		if (modifiedAt.getTime() > before) continue;
		batch.push(key);
		if (batch.length >= BATCH) await clean();
	}
	await clean();
	return removed;
}
