import { fileStore } from '#lib/server/attachments/store.ts';
import { isUuid } from '#lib/text/uuid.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import type { Snapshot } from './snapshot.ts';

const BATCH = 500;

interface Found {
	key: string;
	sha256: string;
}

/** Of files those that attachments of the snapshot speak of, with the hash that the row has. */
async function rowsOf(snapshot: Snapshot, found: readonly Found[]): Promise<Map<string, string>> {
	const ids = found.flatMap(({ key }) => (isUuid(key) ? [key] : []));
	const rows = await snapshot.rows<{ id: string; sha256: string }>(
		'select id, sha256 from attachments where id = any($1::text::uuid[])',
		[`{${ids.join(',')}}`]
	);
	return new Map(rows.map(({ id, sha256 }) => [id, sha256]));
}

/**
 * Adds every file of the store. A file is on the disk before its row is committed, and while a backup is made none is
 * removed (`holdRemovals`), so what the store holds after the snapshot was taken has a file for each row of it.
 *
 * @returns attachments whose file is not there, or is not what the row says: the disk had lost it before
 */
export async function addFiles(snapshot: Snapshot, archive: ArchiveWriter): Promise<string[]> {
	let matched = 0;
	const differing: string[] = [];
	let batch: Found[] = [];
	const compare = async () => {
		const rows = await rowsOf(snapshot, batch);
		matched += rows.size;
		for (const { key, sha256 } of batch) if ((rows.get(key) ?? sha256) !== sha256) differing.push(key);
		batch = [];
	};
	for await (const { key } of fileStore().list()) {
		const file = await fileStore().open(key);
		if (!file) continue;
		batch.push({ key, sha256: await archive.file(key, file.bytes, file.content) });
		if (batch.length === BATCH) await compare();
	}
	await compare();
	const [all] = await snapshot.rows<{ count: number }>('select count(*)::int as count from attachments');
	return all?.count === matched ? differing : [...differing, ...(await missing(snapshot))];
}

/** Attachments without a file. Looked for only where the counts differ. */
async function missing(snapshot: Snapshot): Promise<string[]> {
	const lost: string[] = [];
	for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
		const rows = await snapshot.rows<{ id: string }>(
			`select id from attachments where id > $1::text::uuid order by id limit ${BATCH}`,
			[last]
		);
		for (const { id } of rows) {
			const file = await fileStore().open(id);
			if (!file) lost.push(id);
			file?.content.destroy();
		}
		const end = rows.at(-1);
		if (!end) return lost;
		last = end.id;
	}
}
