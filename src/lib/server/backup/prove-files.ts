import { createHash } from 'node:crypto';
import type { Storage } from '#lib/server/integrations/storage/types.ts';
import { BackupFault } from './fault.ts';
import type { Loading } from './load.ts';

const BATCH = 500;

async function hashOf(files: Storage, key: string): Promise<string | undefined> {
	const file = await files.open(key);
	if (!file) return undefined;
	const hash = createHash('sha256');
	for await (const chunk of file.content as AsyncIterable<Buffer>) hash.update(chunk);
	return hash.digest('hex');
}

/**
 * Reads the file of every attachment from the disk and compares it with its row.
 *
 * @param lost those that had lost theirs when the backup was made
 * @returns how many agree
 * @throws BackupFault `inconsistent` if another one does not
 */
export async function proveFiles(into: Loading, files: Storage, lost: readonly string[]): Promise<number> {
	const excused = new Set(lost);
	let agreeing = 0;
	for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
		const rows = await into.rows<{ id: string; sha256: string }>(
			`select id, sha256 from attachments where id > $1::text::uuid order by id limit ${BATCH}`,
			[last]
		);
		for (const { id, sha256 } of rows) {
			last = id;
			if ((await hashOf(files, id)) === sha256) agreeing += 1;
			else if (!excused.has(id))
				throw new BackupFault('inconsistent', `the file of attachment ${id} is not the one its row speaks of`);
		}
		if (rows.length < BATCH) return agreeing;
	}
}
