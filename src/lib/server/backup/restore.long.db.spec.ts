import { copyFile, mkdtemp, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { db, handle, rowsOf, transaction } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { knownMigrations } from '#lib/server/db/migrate.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { forwardedCase, makeOffice, useLapor } from '#lib/dev/testing/lapor.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { emptyTarget, programWithMigration, targetEngines, type EmptyTarget } from '#lib/dev/testing/restoring.ts';
import type { Head } from './archive-format.ts';
import { readArchive } from './archive-reader.ts';
import { writeArchive, type ArchiveWriter } from './archive-writer.ts';
import { restoreBackup } from './restore.ts';
import { writeBackup } from './write-backup.ts';

databaseOnDisk();
useLapor();

const PASSPHRASE = 'kata sandi untuk uji cadangan';
/** Text that COPY has to escape: tabs, line breaks, backslashes, a lone `\.`; and characters beyond ASCII. */
const BODY = 'Baris satu\tdengan tab\\dan garis miring\n\\.\nantre — “lama” 😀 sekali di loket.';

let folder = '';
let archive = '';
let reference = '';
let escalationId = '';

async function photo(name: string) {
	return { name, type: 'image/jpeg', bytes: new Uint8Array(await fourColourImage().jpeg().toBuffer()) };
}

/** Number and hash of all rows of a table, the same on both engines. */
const hashOfTable = (table: string) =>
	`select count(*)::int as n, md5(string_agg(t::text, '|' order by t::text)) as sum from "${table}" t`;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'spatula-backup-'));
	await claimInstallation(handle().database);
	const office = await makeOffice();
	({ reference } = await makeCase(
		office.unit,
		{ body: BODY },
		{ files: [await photo('satu.jpg'), await photo('dua.jpg')] }
	));
	for (let n = 0; n < 40; n++) await makeCase(office.unit, { body: `${BODY} ${n}` });
	const { escalation } = await forwardedCase(office);
	escalationId = escalation.id;
	const written = { createdAt: new Date(), waitsFrom: new Date() };
	const mail = { kind: 'notice', address: 'contoh@example.go.id', subject: 'x', body: 'y', ...written };
	await db()
		.insert(mails)
		.values([
			{ ...mail, onceKey: 'a', state: 'waiting', nextAttemptAt: new Date() },
			{ ...mail, onceKey: 'b', state: 'sending', leaseUntil: new Date(), attempts: 1 },
			{ ...mail, onceKey: 'c', state: 'sent', sentAt: new Date() }
		]);
	await transaction((tx) => enqueue(tx, 'case-event', { caseId: 1, seq: 1 }));
	await transaction((tx) => enqueue(tx, 'calendar-changed', { why: '2026-10-13: Cuti bersama' }));
	await transaction((tx) => recordChange(tx, null, { action: 'unit.changed', subject: 'Kantor Contoh' }));
	await db().insert(backups).values({ occasion: 'person', state: 'running', askedAt: new Date(), seenAt: new Date() });
	await db().execute(sql`insert into api_tokens (token_hash, name, unit_id, scopes)
		values ('x', 'Antrean', ${office.unit.id}, '{}')`);
	archive = join(folder, 'cadangan.tar.zst.age');
	await writeBackup(handle(), { path: archive, passphrase: PASSPHRASE });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(targetEngines())('a backup restored into an empty %s', (engine) => {
	let target: EmptyTarget;
	beforeAll(async () => {
		target = await emptyTarget(engine);
	});
	afterAll(() => target.remove());

	test('has the same rows and files as the source', async () => {
		const ended = await target.run('restore', [archive], { BACKUP_PASSPHRASE: PASSPHRASE });
		expect(ended.errors).toBe('');
		expect(ended).toMatchObject({ code: 0 });
		expect(ended.output).toContain('2 attachments read back, every hash agrees');
		for (const table of ['units', 'accounts', 'attachments', 'case_search', 'clocks', 'case_officers', 'messages']) {
			const [here] = await rowsOf(db(), sql.raw(hashOfTable(table)));
			expect(await target.rows(hashOfTable(table)), table).toEqual([here]);
		}
		const [found] = await target.rows<{ body: string }>(`select body from cases where reference = '${reference}'`);
		expect(found?.body).toBe(BODY);
	});

	test('has the same references, indexes and triggers as the source', async () => {
		const schema = `select 'i' || pg_get_indexdef(indexrelid) as line from pg_index i join pg_class c on c.oid = i.indrelid
			where c.relnamespace = 'public'::regnamespace
			union all select 'c' || conrelid::regclass || pg_get_constraintdef(oid) || convalidated from pg_constraint
			where connamespace = 'public'::regnamespace and contype = 'f'
			union all select 't' || tgrelid::regclass || tgname || tgenabled::text from pg_trigger where not tgisinternal
				and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) order by 1`;
		const lines = await target.rows<{ line: string }>(schema);
		expect(lines.length).toBeGreaterThan(100);
		expect(lines).toEqual(await rowsOf(db(), sql.raw(schema)));
	});

	test('holds waiting e-mails, and makes a waiting forward unknown', async () => {
		const ofMails = `select once_key, state from mails where once_key in ('a', 'b', 'c') order by 1`;
		expect(await target.rows(ofMails)).toEqual([
			{ once_key: 'a', state: 'waiting' },
			{ once_key: 'b', state: 'unknown' },
			{ once_key: 'c', state: 'sent' }
		]);
		expect(await target.rows(`select state, reason_code from escalations where id = '${escalationId}'`)).toEqual([
			{ state: 'unknown', reason_code: 'restored' }
		]);
		const held = `select value ->> 'releasedAt' as released, value ->> 'from' as "from" from settings where key = 'restored'`;
		const { moment: from } = (await readArchive(archive, PASSPHRASE)).head;
		expect(await target.rows(held)).toEqual([{ released: null, from }]);
		for (const gone of ['backups', 'api_tokens where revoked_at is null'])
			expect(await target.rows(`select 1 from ${gone}`)).toEqual([]);
	});

	test('queues unfinished jobs again and skips numbers that may be on paper', async () => {
		const jobs = await target.rows<{ name: string }>(`select distinct name from pgboss.job
			where data in ('{"caseId":1,"seq":1}', '{"why":"2026-10-13: Cuti bersama"}') order by 1`);
		expect(jobs.map(({ name }) => name)).toEqual(['calendar-changed', 'case-event']);
		const last = `select max(last)::int as last from numbers where kind = 'case'`;
		const [before] = await rowsOf<{ last: number }>(db(), sql.raw(last));
		expect(await target.rows(last)).toEqual([{ last: (before?.last ?? 0) + 100 }]);
		const next = `select nextval(pg_get_serial_sequence('cases', 'id'))::int > max(id) as ahead from cases`;
		expect(await target.rows(next)).toEqual([{ ahead: true }]);
	});

	test('continues the chain of the audit log with an entry about the restore', async () => {
		const entries = 'select action from audit_entries order by id';
		expect(await target.rows(entries)).toEqual([{ action: 'unit.changed' }, { action: 'backup.restored' }]);
		const verified = await target.run('audit-verify', []);
		expect(verified.output).toBe('entries   2\nresult    the log is intact\n');
		expect(verified.code).toBe(0);
	});

	test('is not overwritten by another restore', async () => {
		const secondRestore = await target.run('restore', [archive], { BACKUP_PASSPHRASE: PASSPHRASE });
		expect(secondRestore.code).toBe(1);
		expect(secondRestore.errors).toMatch(/^spatula: .*overwrites nothing\n$/);
	});

	test('can be backed up again by the command, and restored into the other engine', async () => {
		const backup = await target.run('backup', []);
		expect(backup.errors).toBe('');
		const [, path = ''] = /^backup +(.+)$/m.exec(backup.output) ?? [];
		expect(path).toMatch(/backups\/spatula-\d{8}T\d{6}Z-[0-9a-f]{4}\.tar\.zst$/);
		expect(await target.rows('select state, occasion, lost from backups where file_name is not null')).toEqual([
			{ state: 'done', occasion: 'command', lost: 0 }
		]);
		// The other direction, from a server into the embedded database, was tested above.
		if (engine === 'postgres' || !targetEngines().includes('postgres')) return;
		const server = await emptyTarget('postgres');
		const ended = await server.run('restore', [path, '--numbers-ahead', '0']);
		expect(ended.errors).toBe('');
		for (const table of ['cases', 'attachments', 'numbers', 'case_search'])
			expect(await server.rows(hashOfTable(table)), table).toEqual(await target.rows(hashOfTable(table)));
		await server.remove();
	});
});

/** Makes an archive with a changed head and other contents. */
async function archiveWith(
	change: Partial<Head>,
	fill: (write: ArchiveWriter) => Promise<void> = async () => {}
): Promise<string> {
	const path = join(folder, `lain-${crypto.randomUUID()}`);
	const { head } = await readArchive(archive, PASSPHRASE);
	const write = await writeArchive(path, { ...head, tables: {}, identities: {}, ...change }, undefined);
	await fill(write);
	await write.finish({ lost: [], pendingEvents: [], pendingJobs: [] });
	return path;
}

// One engine is enough, because both use the same migrations.
test.runIf(targetEngines().includes('postgres'))(
	'the next version restores a backup, then migrates its rows',
	async () => {
		const program = await programWithMigration('CREATE TABLE later AS SELECT reference FROM cases');
		const target = await emptyTarget('postgres');
		const ended = await target.run('restore', [archive], { BACKUP_PASSPHRASE: PASSPHRASE }, program);
		expect(ended.errors).toBe('');
		expect(ended.output).toContain('1 migrations applied');
		expect(await target.rows('select reference from later order by 1')).toEqual(
			await rowsOf(db(), sql`select reference from cases order by 1`)
		);
		expect(await target.rows('select count(*)::int as n from drizzle.__drizzle_migrations')).toEqual([
			{ n: knownMigrations().length + 1 }
		]);
		await target.remove();
		await rm(program, { recursive: true });
	}
);

describe('a refused restore prints one line and leaves the target empty', () => {
	let target: EmptyTarget;
	beforeAll(async () => {
		target = await emptyTarget(targetEngines().at(-1) ?? 'pglite');
	});
	afterAll(() => target.remove());

	async function refused(
		line: RegExp,
		path: string,
		settings: Record<string, string> = { BACKUP_PASSPHRASE: PASSPHRASE }
	) {
		const ended = await target.run('restore', [path], settings);
		expect(ended.errors).toMatch(line);
		expect(ended.errors.trim().split('\n')).toHaveLength(1);
		expect(ended.code).toBe(1);
		expect(await target.isEmpty()).toBe(true);
	}

	/** The same in this process, for restores that are refused before the target is touched. */
	async function refusedHere(
		fault: { code: string },
		path: string,
		{ passphrase = PASSPHRASE, ...settings }: { passphrase?: string | null; APP_KEY?: string } = {}
	) {
		const { DATA_DIR, APP_KEY } = env();
		try {
			overrideEnv({ DATA_DIR: target.folder, ...settings });
			const restoring = restoreBackup(path, { passphrase: passphrase ?? undefined, numbersAhead: 0, onStep: () => {} });
			await expect(restoring).rejects.toMatchObject(fault);
		} finally {
			overrideEnv({ DATA_DIR, APP_KEY });
		}
		expect(await target.isEmpty()).toBe(true);
	}

	async function copyOf(source: string, change: (path: string) => Promise<void>): Promise<string> {
		const path = join(folder, `rusak-${crypto.randomUUID()}`);
		await copyFile(source, path);
		await change(path);
		return path;
	}

	/** Flips one bit at the fraction `part` of the file's length. */
	const flip = (part: number) => async (path: string) => {
		const file = await open(path, 'r+');
		const at = Math.floor((await file.stat()).size * part);
		const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
		await file.write(Buffer.from([(buffer[0] ?? 0) ^ 4]), 0, 1, at);
		await file.close();
	};
	const cut = (part: number) => async (path: string) => truncate(path, Math.floor((await stat(path)).size * part));

	test('a damaged archive', async () => {
		await refused(/is damaged/, await copyOf(archive, flip(0.5)));
		await refusedHere({ code: 'damaged' }, await copyOf(archive, cut(0.7)));
	});

	test('damage anywhere in the file, encrypted or not', async () => {
		const plain = join(folder, 'polos.tar.zst');
		await writeBackup(handle(), { path: plain, passphrase: undefined });
		for (const part of [0.02, 0.3, 0.6, 0.98])
			for (const change of [flip(part), cut(part)]) {
				const path = await copyOf(plain, change);
				await expect(readArchive(path, undefined), `at ${part}`).rejects.toMatchObject({ code: 'damaged' });
			}
		await expect(readArchive(await copyOf(archive, cut(0.999)), PASSPHRASE)).rejects.toMatchObject({ code: 'damaged' });
	});

	test('a wrong passphrase, or none', async () => {
		await refused(/the passphrase does not open this backup/, archive, { BACKUP_PASSPHRASE: `${PASSPHRASE}!` });
		await refusedHere({ code: 'passphrase_missing' }, archive, { passphrase: null });
	});

	test('another APP_KEY', async () => {
		await refusedHere({ code: 'other_key' }, archive, { APP_KEY: 'another key for tests, long enough to be one' });
	});

	test('a newer schema than this program has', async () => {
		const path = await archiveWith({ migrations: [...knownMigrations(), '9999_later'] });
		await refusedHere({ code: 'newer' }, path, { passphrase: null });
	});

	test('rows that violate a reference, found after all are loaded', async () => {
		const path = await archiveWith({ tables: { numbers: ['kind', 'unit_id', 'year', 'last'] } }, (write) =>
			write.rows('numbers', Buffer.from(`case\t${crypto.randomUUID()}\t2026\t1\n`))
		);
		await refused(/numbers.* violates foreign key/, path, {});
	});

	test('a missing file, or a file that is no archive', async () => {
		await refusedHere({ code: 'no_archive' }, join(folder, 'tidak-ada'));
		const otherFile = join(folder, 'surat.txt');
		await writeFile(otherFile, 'Ini bukan cadangan.');
		await refusedHere({ code: 'damaged' }, otherFile, { passphrase: null });
	});
});
