import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { env } from '#lib/server/env.ts';
import { testEnvironment } from './environment.ts';

test('ignores the settings of the shell, also those that name a file', () => {
	const shell = { BACKUP_DIR: '/var/backups', TRUST_PROXY: '1', APP_KEY_FILE: '/none', DATABASE_URL_FILE: '/none' };
	Object.assign(process.env, shell);
	testEnvironment(tmpdir());
	const { BACKUP_DIR, TRUST_PROXY, DATABASE_URL, DATA_DIR } = env();
	expect([BACKUP_DIR, TRUST_PROXY, DATABASE_URL, DATA_DIR]).toEqual([undefined, 0, undefined, tmpdir()]);
});
