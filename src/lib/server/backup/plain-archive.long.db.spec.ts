import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { handle } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { emptyTarget } from '#lib/dev/testing/restoring.ts';
import { writeBackup } from './write-backup.ts';

databaseOnDisk();

test('an archive without encryption is refused while a passphrase is set, unless it is accepted', async () => {
	await claimInstallation(handle().database);
	const folder = await mkdtemp(join(tmpdir(), 'spatula-plain-'));
	const path = join(folder, 'polos.tar.zst');
	await writeBackup(handle(), { path, passphrase: undefined });
	const target = await emptyTarget('pglite');
	const secret = { BACKUP_PASSPHRASE: 'kata sandi untuk uji cadangan' };
	for (const options of [[], ['--check']]) {
		const ended = await target.run('restore', [path, ...options], secret);
		expect(ended.errors).toMatch(/is not encrypted although BACKUP_PASSPHRASE is set.* --accept-plain/);
		expect(ended.code).toBe(1);
	}
	expect(await target.isEmpty()).toBe(true);
	expect((await target.run('restore', [path, '--check'])).output).toMatch(/^whole: /);
	expect((await target.run('restore', [path, '--accept-plain'], secret)).output).toMatch(/^restored /m);
	await target.remove();
	await rm(folder, { recursive: true });
});
