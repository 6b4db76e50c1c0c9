import { fileStore } from '#lib/server/attachments/store.ts';
import type { Handle } from '#lib/server/db/index.ts';
import { appliedMigrations } from '#lib/server/db/migrate.ts';
import type { JobName, JobPayloads } from '#lib/server/jobs/jobs.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { FORMAT, JOBS_WITHOUT_ROW, type Head, type Manifest } from './archive-format.ts';
import type { ArchiveWriter } from './archive-writer.ts';
import type { Snapshot } from './snapshot.ts';
import packageFile from '../../../../package.json' with { type: 'json' };

/**
 * Tables that are not backed up. Sessions, links and presences are useless after a restore. The site deletes rate-limit
 * keys and export files within a day, and a backup would keep them longer (docs/decisions/0019).
 */
const EXCLUDED_TABLES: readonly string[] = ['sessions', 'password_links', 'rate_limits', 'presences', 'case_exports'];

export async function headOf(snapshot: Snapshot, engine: Handle['kind'], moment: Date): Promise<Head> {
	const [fingerprint] = await snapshot.rows<{ value: string }>(
		`select value #>> '{}' as value from settings where key = 'fingerprint'`
	);
	const applied = await snapshot.rows<{ at: string }>(
		'select created_at::text as at from drizzle.__drizzle_migrations'
	);
	return {
		format: FORMAT,
		version: packageFile.version,
		moment: moment.toISOString(),
		engine,
		migrations: appliedMigrations(applied),
		keyFingerprint: fingerprint?.value ?? '',
		tables: await tablesOf(snapshot),
		identities: await identitiesOf(snapshot)
	};
}

/** The tables to back up, each with its columns. Excluded tables and generated columns are left out. */
async function tablesOf(snapshot: Snapshot): Promise<Head['tables']> {
	const columns = await snapshot.rows<{ table: string; column: string }>(
		`select c.relname as "table", a.attname as "column"
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
			and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		order by c.relname, a.attnum`
	);
	const tables: Head['tables'] = {};
	for (const { table, column } of columns) if (!EXCLUDED_TABLES.includes(table)) (tables[table] ??= []).push(column);
	return tables;
}

/** Counters of identity columns. A counter may be ahead of the rows of the snapshot, never behind. */
async function identitiesOf(snapshot: Snapshot): Promise<Head['identities']> {
	const counters = await snapshot.rows<{ name: string; last: string | null }>(
		`select c.relname || '.' || a.attname as name,
			(select s.last_value::text from pg_sequences s
			where format('%I.%I', s.schemaname, s.sequencename) = pg_get_serial_sequence(format('%I', c.relname), a.attname)
			) as last
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attidentity <> ''
		order by 1`
	);
	return Object.fromEntries(counters.flatMap(({ name, last }) => (last === null ? [] : [[name, last]])));
}

/**
 * Reads the unfinished jobs whose work has no row yet (`jobs/queue.ts`), for the restored site to run. It enqueues other jobs
 * from their rows.
 */
export async function pendingJobs(snapshot: Snapshot): Promise<Pick<Manifest, 'pendingEvents' | 'pendingJobs'>> {
	const [queue] = await snapshot.rows<{ there: boolean }>(`select to_regclass('pgboss.job') is not null as there`);
	if (!queue?.there) return { pendingEvents: [], pendingJobs: [] };
	const unfinished = <N extends JobName>(names: readonly N[]) =>
		snapshot.rows<{ name: N; data: JobPayloads[N] }>(
			`select name, data from pgboss.job where name in (${names.map((name) => `'${name}'`).join(', ')})
			and state in ('created', 'retry', 'active') order by created_on, id`
		);
	const events = await unfinished(['case-event']);
	return {
		pendingEvents: events.map(({ data: { caseId, seq } }) => ({ caseId, seq })),
		pendingJobs: await unfinished(JOBS_WITHOUT_ROW)
	};
}

const BATCH = 500;

/** Rows that have a file in the store: attachments of cases and files of conversations. */
const FILES = '(select id, sha256 from attachments union all select id, sha256 from incoming_files) files';

/** Yields id and SHA-256 of each attachment and each file of a conversation. Reads them in batches. */
export async function* attachmentsIn(database: Pick<Snapshot, 'rows'>) {
	for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
		const rows = await database.rows<{ id: string; sha256: string }>(
			`select id, sha256 from ${FILES} where id > $1::text::uuid order by id limit ${BATCH}`,
			[last]
		);
		yield* rows;
		const end = rows.at(-1);
		if (!end || rows.length < BATCH) return;
		last = end.id;
	}
}

/**
 * Adds every file of the store to the archive. A file is on the disk before its row is committed, and no file is
 * removed during a backup (`holdRemovals`). So the store holds a file for each row of the snapshot.
 *
 * @returns ids of attachments whose file was missing or altered on the disk before the backup
 */
export async function addFiles(
	snapshot: Snapshot,
	archive: ArchiveWriter,
	added: (bytes: number) => Promise<void>
): Promise<string[]> {
	const hashes = new Map<string, string>();
	const differing: string[] = [];
	let matched = 0;
	const compare = async () => {
		const ids = [...hashes.keys()].filter(isUuid);
		const rows = await snapshot.rows<{ id: string; sha256: string }>(
			`select id, sha256 from ${FILES} where id = any($1::text::uuid[])`,
			[`{${ids.join(',')}}`]
		);
		matched += rows.length;
		for (const { id, sha256 } of rows) if (hashes.get(id) !== sha256) differing.push(id);
		hashes.clear();
	};
	for await (const { key } of fileStore().list()) {
		const file = await fileStore().open(key);
		if (!file) continue;
		hashes.set(key, await archive.file(key, file.bytes, file.content));
		await added(file.bytes);
		if (hashes.size === BATCH) await compare();
	}
	await compare();
	const [all] = await snapshot.rows<{ count: number }>(`select count(*)::int as count from ${FILES}`);
	if (all?.count !== matched)
		for await (const { id } of attachmentsIn(snapshot)) {
			const file = await fileStore().open(id);
			if (!file) differing.push(id);
			file?.content.destroy();
		}
	return differing;
}
