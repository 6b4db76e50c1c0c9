import { now } from '#lib/server/clock.ts';
import { useHandle } from '#lib/server/db/index.ts';
import { keyFingerprint } from '#lib/server/db/installation.ts';
import { knownMigrations, migrateDatabase, migrateUpTo } from '#lib/server/db/migrate.ts';
import { rowsIn, type Head, type Manifest } from './archive-format.ts';
import { readArchive, type Taker } from './archive-reader.ts';
import { BackupFault, faultOf } from './fault.ts';
import { holdEverything } from './hold.ts';
import { loading, proveFiles, setAside, setIdentities, type Loading } from './load.ts';
import { settleRestored } from './settle.ts';
import { quoted } from './snapshot.ts';
import { takeTarget, type Target } from './target.ts';

/** What a restore shows for itself; every figure was counted in what now stands there. */
export type Proof = Awaited<ReturnType<typeof restoreBackup>>;

/**
 * Whether an archive can be restored by this program under this key.
 *
 * @throws BackupFault `newer`, `other_key`
 */
function requireFitting(head: Head): void {
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
 * Restores an archive into the empty database and folder of the settings. The archive is read to its end once before the
 * target is touched, and everything is counted and compared again while it is loaded; whatever fails leaves the target
 * empty. Afterwards nothing leaves the site until an administrator has looked (`hold.ts`).
 *
 * @param numbersAhead how many numbers of reports, letters and periodic reports are passed over per office, in the years from
 *   the backup on: those given out after it are on paper and at LAPOR, and must not be given to somebody else
 * @throws BackupFault with the reason
 */
export async function restoreBackup(
	path: string,
	{
		passphrase,
		numbersAhead,
		say
	}: { passphrase: string | undefined; numbersAhead: number; say: (step: string) => void }
) {
	say('reading the archive to its end');
	const { head } = await readArchive(path, passphrase, { taker: { head: async (first) => requireFitting(first) } });
	const target = await takeTarget();
	try {
		say(`loading into ${target.opened.kind === 'pglite' ? 'the embedded database' : 'PostgreSQL'}`);
		const proof = await load(path, passphrase, head, target);
		await migrateDatabase(target.opened);
		say('putting in order what must not happen twice');
		useHandle(target.opened);
		const settled = await settleRestored(proof.manifest.pendingEvents, new Date(head.moment), numbersAhead);
		useHandle(undefined);
		await target.settle();
		const { manifest, ...counted } = proof;
		return {
			...counted,
			...settled,
			engine: target.opened.kind,
			lost: manifest.lost,
			/** Migrations that were applied after loading. */
			migrated: knownMigrations().length - head.migrations.length
		};
	} catch (error) {
		useHandle(undefined);
		await target.clear();
		throw faultOf(error);
	} finally {
		await target.close();
	}
}

async function load(path: string, passphrase: string | undefined, head: Head, { opened, files }: Target) {
	await migrateUpTo(opened, head.migrations.at(-1) ?? '');
	return loading(opened, async (into) => {
		const putBack = await setAside(into);
		const taker: Taker = {
			async head({ tables }) {
				// What a migration itself wrote stands in the archive, as it is by now.
				for (const table of Object.keys(tables)) await into.run(`delete from ${quoted(table)}`);
			},
			rows: (table, columns, bytes) => into.copyIn(table, columns, bytes),
			file: (key, content) => files.put(key, content),
			manifest: (manifest) => requireCounts(into, manifest)
		};
		const read = await readArchive(path, passphrase, { taker });
		await putBack();
		const attachments = await proveFiles(into, files, read.manifest.lost);
		await setIdentities(into, read.head.identities);
		await holdEverything(into, { from: read.head.moment, at: now() });
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

async function requireCounts(into: Loading, manifest: Manifest): Promise<void> {
	for (const [table, said] of Object.entries(manifest.tables)) {
		const [found] = await into.rows<{ count: number }>(`select count(*)::int as count from ${quoted(table)}`);
		if (found?.count !== said.rows)
			throw new BackupFault('inconsistent', `${table} has ${found?.count} rows where the backup has ${said.rows}`);
	}
}
