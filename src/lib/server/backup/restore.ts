import { dirname } from 'node:path';
import { now } from '#lib/server/clock.ts';
import { transaction, useHandle } from '#lib/server/db/index.ts';
import { keyFingerprint } from '#lib/server/db/installation.ts';
import { removeSetting, storeSetting } from '#lib/server/db/settings.ts';
import { RESTORED, type Restored } from '#lib/server/outgoing-hold.ts';
import { readJournals, reapplyDestructions } from '#lib/server/privacy/retention/reapply.ts';
import { knownMigrations, migrateDatabase, migrateUpTo } from '#lib/server/db/migrate.ts';
import { rowsIn, type Head, type Manifest } from './archive-format.ts';
import { readArchive, requireEncrypted, type ArchiveConsumer } from './archive-reader.ts';
import { BackupFault, faultOf } from './fault.ts';
import {
	setIdentityCounters,
	suspendSchemaChecks,
	verifyFiles,
	withLoadTransaction,
	type LoadTransaction
} from './load.ts';
import { preventRepeats } from './after-restore.ts';
import { quoted } from './snapshot.ts';
import { openTarget, type Target } from './target.ts';

/** The figures that the restore command prints. */
export type RestoreReport = Awaited<ReturnType<typeof restoreBackup>>;

/**
 * Checks that this program, with its APP_KEY, can restore the archive.
 *
 * @throws BackupFault `newer`, `other_key`
 */
function requireRestorable(head: Head): void {
	const known = knownMigrations();
	const fits = head.migrations.length <= known.length && head.migrations.every((tag, n) => tag === known[n]);
	if (!fits)
		throw new BackupFault(
			'newer',
			`the backup was made by SPATULA ${head.version} with the schema ${head.migrations.at(-1)}, which this program does not know: install that version or a newer one`
		);
	if (head.keyFingerprint !== keyFingerprint())
		throw new BackupFault('other_key', 'APP_KEY is not the one this backup was made with: set the former value');
}

/**
 * Restores an archive into the configured database and DATA_DIR, which must be empty. First reads the whole archive
 * without touching the target. Counts and compares everything again while loading it. A failure leaves the target
 * empty, or marked as unfinished. Afterwards the site sends nothing until an administrator releases the hold
 * (`release-outgoing.ts`). Data that was destroyed after the backup is destroyed again if a journal lists it; without one,
 * `destroyed.journal` is false.
 *
 * @param numbersAhead how many numbers of each kind are skipped per office, in each year from that of the backup to the
 *   present one. The lost site may have given them out after the backup, on paper and to LAPOR.
 * @param acceptPlain accepts an archive without encryption although a passphrase is set
 * @param skipUnverified skips lines of the journal of destructions that this APP_KEY did not sign
 * @throws BackupFault with the reason
 */
export async function restoreBackup(
	path: string,
	{
		passphrase,
		numbersAhead,
		acceptPlain = false,
		skipUnverified = false,
		onStep
	}: {
		passphrase: string | undefined;
		numbersAhead: number;
		acceptPlain?: boolean;
		skipUnverified?: boolean;
		onStep: (step: string) => void;
	}
) {
	if (!acceptPlain) await requireEncrypted(path, passphrase);
	onStep('reading the archive to its end');
	const { head } = await readArchive(path, passphrase, {
		consumer: { head: async (first) => requireRestorable(first) }
	});
	const journals = await readJournals(dirname(path), skipUnverified);
	const target = await openTarget();
	try {
		onStep(`loading into ${target.opened.kind === 'pglite' ? 'the embedded database' : 'PostgreSQL'}`);
		const loaded = await load(path, passphrase, head, target);
		await migrateDatabase(target.opened);
		onStep('repeating destructions, holding e-mails and forwards, skipping numbers');
		useHandle(target.opened);
		const destroyed = await reapplyDestructions(journals, (key) => target.files.remove(key));
		const settled = await preventRepeats(loaded.manifest, new Date(head.moment), numbersAhead);
		await target.finish(() => transaction((tx) => removeSetting(tx, 'restoring')));
		useHandle(undefined);
		const { manifest, ...counts } = loaded;
		return {
			...counts,
			...settled,
			destroyed,
			engine: target.opened.kind,
			lost: manifest.lost,
			/** Migrations that were applied after loading. */
			migrated: knownMigrations().length - head.migrations.length
		};
	} catch (error) {
		useHandle(undefined);
		await target.clear().catch(() => {});
		throw faultOf(error);
	} finally {
		await target.close();
	}
}

async function load(path: string, passphrase: string | undefined, head: Head, { opened, files }: Target) {
	await migrateUpTo(opened, head.migrations.at(-1) ?? '');
	// The tables are committed, so a site could start on them if the restore is killed from now on.
	await storeSetting(opened.database, 'restoring', true);
	return withLoadTransaction(opened, async (loadTx) => {
		const restoreSchema = await suspendSchemaChecks(loadTx);
		const consumer: ArchiveConsumer = {
			async head({ tables }) {
				// Rows that a migration wrote are in the archive too, in their present state.
				for (const table of Object.keys(tables)) await loadTx.run(`delete from ${quoted(table)}`);
			},
			rows: (table, columns, bytes) => loadTx.copyIn(table, columns, bytes),
			file: (key, content) => files.put(key, content),
			manifest: (manifest) => requireCounts(loadTx, manifest)
		};
		const read = await readArchive(path, passphrase, { consumer });
		await restoreSchema();
		const attachments = await verifyFiles(loadTx, files, read.manifest.lost);
		await setIdentityCounters(loadTx, read.head.identities);
		await holdOutgoing(loadTx, read.head.moment, now());
		return {
			...read,
			tables: Object.keys(read.manifest.tables).length,
			rows: rowsIn(read.manifest),
			files: read.manifest.files.count,
			fileBytes: read.manifest.files.bytes,
			attachments
		};
	});
}

/**
 * Holds all sending, in the transaction that loads the archive. The site sends nothing until an administrator releases
 * the hold. The setting `restoring`, which the archive does not contain, keeps the site from starting before the restore
 * has ended.
 *
 * @param backupMoment when the backup was made, as its head says
 */
async function holdOutgoing(loadTx: LoadTransaction, backupMoment: string, restoredAt: Date): Promise<void> {
	const restored: Restored = { from: backupMoment, at: restoredAt.toISOString(), releasedAt: null };
	const storeValue = `insert into settings (key, value) values ($1, $2::text::jsonb)
		on conflict (key) do update set value = excluded.value`;
	await loadTx.rows(storeValue, [RESTORED, JSON.stringify(restored)]);
	await loadTx.rows(storeValue, ['restoring', 'true']);
}

async function requireCounts(loadTx: LoadTransaction, manifest: Manifest): Promise<void> {
	for (const [table, expected] of Object.entries(manifest.tables)) {
		const [loaded] = await loadTx.rows<{ count: number }>(`select count(*)::int as count from ${quoted(table)}`);
		if (loaded?.count !== expected.rows)
			throw new BackupFault('inconsistent', `${table} has ${loaded?.count} rows where the backup has ${expected.rows}`);
	}
}
