import { inArray, sql } from 'drizzle-orm';
import { ONGOING_STATUSES } from '#lib/cases/moves.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { countSkipped, skippedNumbers } from '#lib/server/cases/register.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { numbers } from '#lib/server/db/schema/numbers.ts';
import { now } from '#lib/server/clock.ts';
import { isInTrial, notInTrial } from '#lib/server/people/units/trial.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/*
 * Figures for the operator of the site. They may be read every few seconds, so each query reads only small parts of tables
 * or indexes: open cases, waiting e-mails, counters of numbers.
 */

type KeyCount = { key: string; n: number };

const countOf = (rows: readonly KeyCount[], key: string): number => rows.find((row) => row.key === key)?.n ?? 0;
const countsOf = <Key extends string>(rows: readonly KeyCount[], keys: readonly Key[]) =>
	Object.fromEntries(keys.map((key) => [key, countOf(rows, key)])) as Record<Key, number>;

/**
 * The number of cases by status. Open cases are counted in the index of statuses. `ended` is the rest of the assigned
 * numbers, which have no gaps except those of a restore.
 */
export async function caseFigures() {
	const rows = await rowsOf<KeyCount>(
		db(),
		sql`select status as key, count(*)::int as n from ${cases} where ${inArray(cases.status, [...ONGOING_STATUSES])} and ${notInTrial(cases.unitId)} group by status
			union all select 'all', coalesce(sum(last), 0)::int from ${numbers} where kind = 'case'`
	);
	const open = countsOf(rows, ONGOING_STATUSES);
	const sum = Object.values(open).reduce((a, b) => a + b, 0);
	return { ...open, ended: Math.max(0, countOf(rows, 'all') - countSkipped(await skippedNumbers()) - sum) };
}

/** Deadlines are counted up to this number, so that a scrape stays short. */
export const CLOCKS_COUNTED = 10_000;

/** How many deadlines of offices are running, have reached their warning time, and are overdue. Not those of reporters. */
export async function clockFigures() {
	const at = sql`${now().toISOString()}::timestamptz`;
	// Few offices are in trial. Without one no case is read.
	const practising = (await referenceData()).units.filter(isInTrial).map(({ id }) => id);
	const counted = practising.length
		? sql`and case_id not in (${db().select({ id: cases.id }).from(cases).where(inArray(cases.unitId, practising))})`
		: sql``;
	const upTo = (
		key: string,
		condition: ReturnType<typeof sql>
	) => sql`select ${key}::text as key, count(*)::int as n from (
		select 1 from ${clocks} where state = 'running' and name <> 'reporter_turn' and ${condition}
			${counted} limit ${CLOCKS_COUNTED}) pressing`;
	const rows = await rowsOf<KeyCount>(
		db(),
		sql`${upTo('running', sql`due_at is not null`)}
			union all ${upTo('warned', sql`due_at >= ${at} and warn_at <= ${at}`)}
			union all ${upTo('overdue', sql`due_at < ${at}`)}`
	);
	return countsOf(rows, ['running', 'warned', 'overdue']);
}

/** The number of e-mails that wait, are being sent, and need a person's decision. Each state is read from its own index. */
export async function mailFigures() {
	const rows = await rowsOf<KeyCount>(
		db(),
		sql`select state as key, count(*)::int as n from ${mails} where state in ('waiting', 'sending') group by state
			union all select state, count(*)::int from ${mails}
				where state in ('failed', 'unknown') and decided_at is null group by state`
	);
	return countsOf(rows, ['waiting', 'sending', 'failed', 'unknown']);
}

/** The number of jobs in each queue by state. pg-boss updates these numbers within a minute. */
export async function queueFigures() {
	const queues = await queue().getQueues();
	return queues
		.filter(({ name }) => !name.startsWith('__'))
		.flatMap(({ name: job, readyCount, activeCount, failedCount }) => [
			{ job, state: 'ready' as const, n: readyCount },
			{ job, state: 'active' as const, n: activeCount },
			{ job, state: 'failed' as const, n: failedCount }
		]);
}

/** Sizes in bytes. */
export async function storageFigures(): Promise<Record<'disk_free' | 'disk_size' | 'database', number>> {
	const { free, size } = await diskSpace();
	const [row] = await rowsOf<{ bytes: string | number }>(
		db(),
		sql`select pg_database_size(current_database()) as bytes`
	);
	return { disk_free: free, disk_size: size, database: Number(row?.bytes ?? 0) };
}
