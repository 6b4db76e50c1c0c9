import { appendFile, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RetentionPart } from '#lib/privacy/retention.ts';
import { backupFolder } from '#lib/server/env.ts';
import { writeBackup } from '#lib/server/backup/write-backup.ts';
import { writeToOffice } from '#lib/server/cases/conversation/reporter-reply.ts';
import { db, handle, transaction } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { useLapor } from '#lib/dev/testing/lapor.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { emptyTarget, targetEngines, type EmptyTarget } from '#lib/dev/testing/restoring.ts';
import { confirmedDestruction, inFiles, inTables } from '#lib/dev/testing/retention/destroying.ts';
import { CONTACTS, fullCase, fullOffice, PEOPLE, wordsOutsideCases } from '#lib/dev/testing/retention/full-case.ts';
import { afterDestruction, destroyPart, type SubjectId } from './destroy.ts';
import { JOURNAL } from './journal.ts';

databaseOnDisk();
const lapor = useLapor();
useMailServer();

const WORDS = [...Object.values(PEOPLE), ...CONTACTS];
/** Archive in a folder without journal, and beside one. */
let bare = '';
let beside = '';
const folders: string[] = [];
const folder = async () => {
	const made = await mkdtemp(join(tmpdir(), 'spatula-destroyed-'));
	folders.push(made);
	return made;
};

beforeAll(async () => {
	bare = join(await folder(), 'cadangan.tar.zst');
	beside = join(await folder(), 'cadangan.tar.zst');
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

// One test writes the backup and destroys, because the LAPOR sandbox and the mail server are set per test.
test('a backup is made, and everything in it is destroyed later', async () => {
	await claimInstallation(handle().database);
	const office = await fullOffice();
	const { id } = await fullCase(office, lapor);
	const { ratingId, formId, visitId } = await wordsOutsideCases(office);
	await writeBackup(handle(), { path: bare, passphrase: undefined });
	const parts: Partial<Record<RetentionPart, SubjectId[]>> = {
		identity: [id],
		text: [id],
		files: [id],
		letters: [id],
		guest_book: [visitId],
		rating_comments: [ratingId, formId],
		log: (await db().select({ id: auditEntries.id }).from(auditEntries)).map((entry) => entry.id)
	};
	const about = await confirmedDestruction(office.unit.id, parts);
	for (const [part, ids] of Object.entries(parts))
		await afterDestruction([await transaction((tx) => destroyPart(tx, part as RetentionPart, ids, about))]);
	await copyFile(bare, beside);
	await copyFile(join(backupFolder(), JOURNAL), join(beside, '..', JOURNAL));
});

describe.each(targetEngines())('restored into %s', (engine) => {
	let target: EmptyTarget;
	beforeAll(async () => {
		target = await emptyTarget(engine);
	});
	afterAll(() => target.remove());

	test('the backup from before holds nothing of what was destroyed after it', async () => {
		const ended = await target.run('restore', [beside]);
		expect(ended.errors).toBe('');
		expect(ended.output).toMatch(/^destroyed +again: \d+ items of 1 destructions that came after the backup$/m);
		expect(ended.output).toMatch(/^journal +the last destruction in destroyed\.jsonl is of \d{4}-\d\d-\d\dT/m);
		expect(await inTables(WORDS, target.rows)).toEqual([]);
		expect(await target.rows(`select count(*)::int as n from attachments`)).toEqual([{ n: 0 }]);
		expect((await inFiles(target.folder, WORDS)).filter((hit) => !hit.startsWith('pglite/'))).toEqual([]);
		expect(
			await target.rows(`select part, count(*)::int as n from tombstones where part <> 'log' group by 1 order by 1`)
		).toEqual([
			{ part: 'files', n: 1 },
			{ part: 'guest_book', n: 1 },
			{ part: 'identity', n: 1 },
			{ part: 'letters', n: 1 },
			{ part: 'rating_comments', n: 2 },
			{ part: 'text', n: 1 }
		]);
	});

	test('the next backup of the restored site knows the journal', async () => {
		const backup = await target.run('backup', []);
		expect(backup.errors).toBe('');
		expect((await inFiles(join(target.folder, 'backups'), ['KEP-17/CONTOH/2033']))[0]).toContain(JOURNAL);
	});
});

test('a journal with a line that the site did not write stops the restore, unless such lines are skipped', async () => {
	const path = join(await folder(), 'cadangan.tar.zst');
	const journal = join(path, '..', JOURNAL);
	await copyFile(bare, path);
	await copyFile(join(backupFolder(), JOURNAL), journal);
	const own = (await readFile(journal, 'utf8')).split('\n');
	await appendFile(journal, (own.find((line) => line.includes('"text"')) ?? '').replace('"text"', '"files"'));
	const target = await emptyTarget(targetEngines().at(-1) ?? 'pglite');
	const stopped = await target.run('restore', [path]);
	expect(stopped.errors).toContain(`line ${own.length} of ${journal} was not written by this site`);
	expect(await target.isEmpty()).toBe(true);
	expect((await target.run('restore', [path, '--skip-unverified'])).output).toMatch(/^destroyed +again: \d+ items/m);
	await target.remove();
});

test('a file that arrived after a destruction and was destroyed by a second one stays destroyed', async () => {
	const unit = await makeUnit();
	const photo = { name: 'loket.jpg', type: 'image/jpeg', bytes: await phonePhoto('jpeg') };
	const { reference } = await makeCase(unit, {}, { files: [photo] });
	const { id } = await readCase(reference);
	const destroyFiles = async () => {
		const about = await confirmedDestruction(unit.id, { files: [id] });
		await afterDestruction([await transaction((tx) => destroyPart(tx, 'files', [id], about))]);
	};
	await destroyFiles();
	await writeToOffice(id, { body: 'Ini foto lain dari loket yang sama.' }, [photo]);
	const path = join(await folder(), 'cadangan.tar.zst');
	await writeBackup(handle(), { path, passphrase: undefined });
	await destroyFiles();
	await copyFile(join(backupFolder(), JOURNAL), join(path, '..', JOURNAL));
	const target = await emptyTarget(targetEngines().at(-1) ?? 'pglite');
	expect((await target.run('restore', [path])).output).toMatch(/^destroyed +again: 1 items of 1 destructions/m);
	expect(await target.rows(`select id from attachments`)).toEqual([]);
	await target.remove();
});

test('a restore without the journal says so', async () => {
	const target = await emptyTarget(targetEngines().at(-1) ?? 'pglite');
	const ended = await target.run('restore', [bare]);
	expect(ended.output).toContain(`ATTENTION    no ${JOURNAL} beside the backup or in BACKUP_DIR`);
	expect(await inTables([PEOPLE.body], target.rows)).not.toEqual([]);
	await target.remove();
});
