import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { handle, useHandle } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { forgetEnv, overrideEnv } from '#lib/server/env.ts';
import { createDatabase } from '#lib/dev/testing/postgres-server.ts';
import { restoreBackup } from './restore.ts';
import { writeBackup } from './write-backup.ts';

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a site does not start on a database whose restore was killed while it loaded',
	async () => {
		const source = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
		await claimInstallation(source.database);
		const folder = await mkdtemp(join(tmpdir(), 'spatula-killed-'));
		const path = join(folder, 'cadangan.tar.zst');
		await writeBackup(source, { path, passphrase: undefined });
		const url = await createDatabase(source.url, `killed_${randomBytes(6).toString('hex')}`);
		overrideEnv({ DATABASE_URL: url, DATA_DIR: join(folder, 'data') });
		// A pipe in place of the archive: the restore has made its tables and waits, as one that is killed would leave them.
		const restoring = restoreBackup(path, {
			passphrase: undefined,
			numbersAhead: 0,
			onStep(step) {
				if (step.startsWith('loading')) execFileSync('sh', ['-c', 'rm "$0" && mkfifo "$0"', path]);
			}
		}).catch((error: unknown) => error);
		const target = postgres(url, { max: 1, onnotice: () => {} });
		const marks = () => target`select from settings where key = 'restoring'`.catch(() => []);
		try {
			await expect.poll(marks, { timeout: 30_000 }).toHaveLength(1);
			await expect(openDatabase()).rejects.toThrow('a restore into this database did not end');
		} finally {
			await writeFile(path, '');
			expect(await restoring).toMatchObject({ code: 'no_archive' });
			expect(await marks()).toEqual([]);
			await target.end();
			useHandle(source);
			forgetEnv();
			await rm(folder, { recursive: true });
		}
	}
);
