import type { Handle } from '#lib/server/db/index.ts';
import { appliedMigrations } from '#lib/server/db/migrate.ts';
import { FORMAT, type Head, type Manifest } from './archive-format.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Tables whose rows stay behind. Who was signed in, which links were on their way and who has a case open means nothing
 * on another day; counted addresses are promised to be gone after one, and so are files of exports (docs/decisions/0019).
 */
const LEFT_BEHIND: readonly string[] = ['sessions', 'password_links', 'limits', 'presences', 'case_exports'];

/** The tables with their columns, less those that compute themselves. */
async function tablesOf(snapshot: Snapshot): Promise<Head['tables']> {
	const columns = await snapshot.rows<{ table: string; column: string }>(
		`select c.relname as "table", a.attname as "column"
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
			and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		order by c.relname, a.attnum`
	);
	const tables: Head['tables'] = {};
	for (const { table, column } of columns) if (!LEFT_BEHIND.includes(table)) (tables[table] ??= []).push(column);
	return tables;
}

/** Where the counters of identity columns stand. They may be ahead of the rows, never behind. */
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

/** What stands first in an archive of the snapshot. */
export async function headOf(
	snapshot: Snapshot,
	{ engine, moment, version }: { engine: Handle['kind']; moment: Date; version: string }
): Promise<Head> {
	const [fingerprint] = await snapshot.rows<{ value: string }>(
		`select value #>> '{}' as value from settings where key = 'fingerprint'`
	);
	return {
		format: FORMAT,
		version,
		moment: moment.toISOString(),
		engine,
		migrations: appliedMigrations(
			await snapshot.rows<{ at: string }>('select created_at::text as at from drizzle.__drizzle_migrations')
		),
		keyFingerprint: fingerprint?.value ?? '',
		tables: await tablesOf(snapshot),
		identities: await identitiesOf(snapshot)
	};
}

/**
 * The jobs that a restored site must do: what follows a timeline entry of a case has no row yet (`jobs/queue.ts`). All
 * other jobs are made again from rows that carry their own clocks, so the queue itself is left behind.
 */
export async function pendingEvents(snapshot: Snapshot): Promise<Manifest['pendingEvents']> {
	const [queue] = await snapshot.rows<{ there: boolean }>(`select to_regclass('pgboss.job') is not null as there`);
	if (!queue?.there) return [];
	const jobs = await snapshot.rows<{ data: { caseId: number; seq: number } }>(
		`select data from pgboss.job where name = 'case-event' and state in ('created', 'retry', 'active')
		order by created_on, id`
	);
	return jobs.map(({ data: { caseId, seq } }) => ({ caseId, seq }));
}
