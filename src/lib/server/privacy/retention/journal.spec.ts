import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { env, overrideEnv } from '#lib/server/env.ts';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { appendToJournal, JOURNAL, readJournal, type JournalLine } from './journal.ts';

beforeAll(() => testEnvironment(tmpdir()));

const line = (ids: string[]): JournalLine => ({
	destructionId: '0b54e1a2-6c1f-4d0e-9a3b-1f2e3d4c5b6a',
	decreeNumber: 'KEP-1',
	decreeOn: '2033-01-02',
	part: 'text',
	kind: 'complaint',
	months: 24,
	jraCode: 'KU.01',
	destroyedAt: '2033-01-03T00:00:00.000Z',
	ids
});

let folder = '';
let path = '';
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'spatula-journal-'));
	path = join(folder, JOURNAL);
	overrideEnv({ BACKUP_DIR: folder });
	await appendToJournal([line(['1', '2'])]);
});
afterEach(async () => {
	overrideEnv({ BACKUP_DIR: undefined });
	await rm(folder, { recursive: true });
});

test('reads the journal that the site wrote, without a line that a power cut left incomplete', async () => {
	await appendFile(path, '{"destructionId":"0b54e1a2');
	await appendToJournal([line(['3'])]);
	expect(await readJournal(folder, false)).toEqual([line(['1', '2']), line(['3'])]);
	expect(await readJournal(join(folder, 'none'), false)).toBeUndefined();
});

test.each([
	['added without a hash', () => JSON.stringify(line(['7']))],
	['added with a made-up hash', () => JSON.stringify({ ...line(['7']), mac: 'f'.repeat(64) })],
	['with other ids than the site wrote', (own: string) => own.replace('["1","2"]', '["1","7"]')],
	['that names nothing', () => '[]']
])('a line %s stops the reader, which names file, line and option', async (_, forged) => {
	const [, own = ''] = (await readFile(path, 'utf8')).split('\n');
	await appendFile(path, `${forged(own)}\n`);
	const fault = readJournal(folder, false);
	await expect(fault).rejects.toMatchObject({ name: 'StartError' });
	await expect(fault).rejects.toThrow(`line 3 of ${path} was not written by this site`);
	await expect(fault).rejects.toThrow('--skip-unverified');
	expect(await readJournal(folder, true)).toEqual([line(['1', '2'])]);
});

test('another site’s journal is not this site’s', async () => {
	const { APP_KEY } = env();
	overrideEnv({ APP_KEY: 'another key for tests, long enough to be one' });
	await expect(readJournal(folder, false).finally(() => overrideEnv({ APP_KEY }))).rejects.toThrow('line 2');
});
