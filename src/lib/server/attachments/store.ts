import { join } from 'node:path';
import { env } from '../env.ts';
import { diskStorage } from '../integrations/storage/disk.ts';

let opened: { root: string; storage: ReturnType<typeof diskStorage> } | undefined;

/** Where cleaned files lie: below DATA_DIR, under names that say nothing. */
export function fileStore(): ReturnType<typeof diskStorage> {
	const root = join(env().DATA_DIR, 'files');
	if (opened?.root !== root) opened = { root, storage: diskStorage(root) };
	return opened.storage;
}
