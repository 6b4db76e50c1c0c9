import { inArray, sql, type SQL } from 'drizzle-orm';
import { isCasePart, type PartCount, type RetentionPart } from '#lib/privacy/retention.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import { rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { destroyEntryTexts } from '#lib/server/people/audit.ts';
import { stopPolling } from '#lib/server/escalation/rows.ts';
import { sweepExports } from '#lib/server/exports/sweep.ts';
import { CONTENTS, FILES, SUBJECTS } from './contents.ts';
import { healJournal } from './journal.ts';

/** The ids of cases and log entries are numbers, all others UUIDs. */
export type SubjectId = string | number;

/** What a committed transaction has destroyed, with the files that are still on the disk. */
export interface Destroyed {
	rows: number;
	files: string[];
	/** Number of its first new tombstone. */
	from?: number;
}

/** SQL of `contents.ts` with the ids of the subjects. */
export function withIds(text: string, part: RetentionPart, ids: readonly SubjectId[]): SQL {
	const array = sql`${`{${ids.join(',')}}`}::text::${sql.raw(hasNumbers(part) ? 'bigint' : 'uuid')}[]`;
	return sql.join(
		text.split(':ids').map((piece) => sql.raw(piece)),
		array
	);
}

const OF_ROWS: readonly RetentionPart[] = ['privacy', 'push'];

const hasNumbers = (part: RetentionPart) => isCasePart(part) || part === 'log';

/** Rows of one table that a part deletes or empties. `where` leaves out rows that are empty already. */
interface Step {
	table: SQL;
	where: SQL;
	set?: SQL;
}

function stepsOf(part: RetentionPart, ids: readonly SubjectId[]): Step[] {
	return Object.entries(CONTENTS).flatMap(([name, { of, ofRows, deleted, columns }]) => {
		const table = sql.identifier(name);
		const where = withIds((OF_ROWS.includes(part) && ofRows) || of, part, ids);
		if (deleted?.includes(part)) return [{ table: sql`${table}`, where }];
		const emptied = Object.entries(columns).flatMap(([column, fate]) =>
			fate !== 'kept' && fate.parts.includes(part)
				? [{ column: sql.identifier(column), to: withIds(fate.to, part, ids) }]
				: []
		);
		if (emptied.length === 0) return [];
		const filled = emptied.map(({ column, to }) => sql`${column} is distinct from ${to}`);
		const set = emptied.map(({ column, to }) => sql`${column} = ${to}`);
		return [
			{
				table: sql`${table}`,
				where: sql`${where} and (${sql.join(filled, sql` or `)})`,
				set: sql.join(set, sql`, `)
			}
		];
	});
}

const countOf = async (on: Database | Tx, query: SQL): Promise<number> =>
	(await rowsOf<{ n: number }>(on, query))[0]?.n ?? 0;

/** Counts what `destroyPart` would destroy: rows that still hold something of the part, and stored files. */
export async function countPart(on: Database | Tx, part: RetentionPart, ids: readonly SubjectId[]): Promise<PartCount> {
	let rows = 0;
	for (const { table, where } of stepsOf(part, ids))
		rows += await countOf(on, sql`select count(*)::int as n from ${table} where ${where}`);
	if (part !== 'files') return { rows, files: 0 };
	return { rows, files: await countOf(on, sql`select count(*)::int as n from ${withIds(FILES, part, ids)}`) };
}

/**
 * Destroys one part of its subjects, in the caller's transaction: of the given ids, only those that the destruction
 * lists and no exception keeps. Each gets a tombstone of this destruction, also if an earlier one destroyed it. Rows that
 * figures read stay, with their words removed (`contents.ts`). Repeating it does no harm. After the commit the caller
 * calls `afterDestruction`.
 *
 * @throws a violated constraint if the destruction has no decree
 */
export async function destroyPart(
	tx: Tx,
	part: RetentionPart,
	ids: readonly SubjectId[],
	about: { destructionId: string }
): Promise<Destroyed> {
	const at = now();
	const given = withIds('s.id = any(:ids)', part, ids);
	const added = await rowsOf<{ id: number | string }>(
		tx,
		sql`insert into tombstones (part, kind, subject_id, reference, received_at, closed_at, destroyed_at,
			months, jra_code, destruction_id, decree_number, decree_on)
		select i.part, i.kind, i.subject_id, s.reference, s.received_at, s.closed_at, ${at.toISOString()}::timestamptz,
			i.months, i.jra_code, d.id, d.decree_number, d.decree_on
		from (${sql.raw(SUBJECTS[part])}) s
			join destruction_items i on i.part = ${part} and i.subject_id = s.id::text and i.kept is null
			join destructions d on d.id = i.destruction_id and d.id = ${about.destructionId}
		where ${given}
		on conflict (part, subject_id, destruction_id) do nothing
		returning id`
	);
	const laid = await rowsOf<{ id: string; decree: string }>(
		tx,
		sql`select s.id::text, t.decree_number as decree from (${sql.raw(SUBJECTS[part])}) s
			join tombstones t on t.part = ${part} and t.subject_id = s.id::text
				and t.destruction_id = ${about.destructionId} where ${given}`
	);
	const withTombstone = laid.map(({ id }) => id);
	const emptied = await emptyPart(tx, part, withTombstone, { at, decree: laid[0]?.decree ?? '' });
	return added.length > 0 ? { ...emptied, from: Math.min(...added.map(({ id }) => Number(id))) } : emptied;
}

/** Empties the rows and writes no tombstones. Also used by a restore, which has the tombstones from the journal. */
export async function emptyPart(
	tx: Tx,
	part: RetentionPart,
	ids: readonly SubjectId[],
	{ at, decree }: { at: Date; decree: string }
): Promise<Destroyed> {
	if (part === 'log') {
		const { rows } = await countPart(tx, part, ids);
		if (rows > 0) destroyEntryTexts(tx, null, { subject: decree }, inArray(auditEntries.id, ids.map(Number)));
		return { rows, files: [] };
	}
	await tx.execute(sql`select set_config('spatula.retention', 'on', true)`);
	const where = (text: string) => withIds(text, part, ids);
	const searched = part === 'text' || part === 'files';
	const words = searched ? await wordsOf(tx, where('case_id = any(:ids)')) : [];
	const files = part === 'files' ? await rowsOf<{ id: string }>(tx, sql`select id from ${where(FILES)}`) : [];
	let rows = 0;
	for (const step of stepsOf(part, ids)) {
		const { table, set } = step;
		const changed = set
			? sql`update ${table} set ${set} where ${step.where}`
			: sql`delete from ${table} where ${step.where}`;
		rows += await countOf(tx, sql`with changed as (${changed} returning 1) select count(*)::int as n from changed`);
	}
	if (part === 'text') {
		await tx.execute(sql`update cases set destroyed_at = ${at.toISOString()}::timestamptz
			where destroyed_at is null and ${where('id = any(:ids)')}`);
		await stopPolling(tx, ids.map(Number));
	}
	// Nobody knows which cases are in the exports of the last day: the next sweep deletes all of them, with their files.
	if (isCasePart(part)) await tx.execute(sql`update case_exports set created_at = 'epoch'`);
	await forgetWords(tx, words);
	await tx.execute(sql`select set_config('spatula.retention', 'off', true)`);
	return { rows, files: files.map((file) => file.id) };
}

async function wordsOf(tx: Tx, ofCases: SQL): Promise<string[]> {
	const found = await rowsOf<{ word: string }>(
		tx,
		sql`select distinct word from case_search, unnest(tsvector_to_array(document)) word where ${ofCases} and word !~ '^#'`
	);
	return found.map(({ word }) => word);
}

/** Deletes words that no other case contains from the words that searches propose. */
async function forgetWords(tx: Tx, words: readonly string[]): Promise<void> {
	await tx.execute(sql`delete from search_words w
		where w.word in (select jsonb_array_elements_text(${JSON.stringify(words)}::text::jsonb))
			and not exists (select from case_search s where s.document @@ quote_literal(w.word)::tsquery)`);
}

/**
 * Completes destructions after their commit: adds them to the journal beside the backups, and deletes the files. Only
 * then they are done. Repeating it does no harm. Files that are left by a crash have no row any more, so the nightly
 * sweep deletes them; during a backup they stay until then, too.
 */
export async function afterDestruction(destroyed: readonly Destroyed[]): Promise<void> {
	const from = Math.min(...destroyed.map((batch) => batch.from ?? Infinity));
	await healJournal(Number.isFinite(from) ? from : 0);
	for (const { files } of destroyed) for (const key of files) await fileStore().remove(key);
	await sweepExports();
}
