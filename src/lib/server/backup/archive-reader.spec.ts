import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { isEncryptedArchive } from './archive-reader.ts';
import { BackupFault } from './fault.ts';

it('a folder in place of an archive is refused with one line', async () => {
	const refusal = new BackupFault(
		'no_archive',
		`${tmpdir()} can't be read: EISDIR: illegal operation on a directory, read`
	);
	await expect(isEncryptedArchive(tmpdir())).rejects.toThrow(refusal);
});
