import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import type { RetentionPart } from '#lib/privacy/retention.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { destructionItems, destructions } from '#lib/server/db/schema/retention.ts';

export const DECREE = { decreeNumber: 'KEP-17/CONTOH/2033', decreeOn: '2033-02-01' };

/** A destruction that two people have confirmed, with its items. */
export async function confirmedDestruction(
	unitId: string,
	parts: Partial<Record<RetentionPart, readonly (string | number)[]>>,
	kept: readonly (string | number)[] = []
): Promise<{ destructionId: string }> {
	const number = (await db().$count(destructions, eq(destructions.unitId, unitId))) + 1;
	const [row] = await db()
		.insert(destructions)
		.values({ unitId, year: 2033, number, state: 'carried_out', proposedAt: new Date(), ...DECREE })
		.returning({ id: destructions.id });
	const destructionId = row?.id ?? '';
	const at = new Date('2027-01-01T00:00:00Z');
	const items = Object.entries(parts).flatMap(([part, ids]) =>
		ids.map((id) => ({
			destructionId,
			part: part as RetentionPart,
			subjectId: String(id),
			receivedAt: at,
			endedAt: at,
			kind: 'complaint' as const,
			months: 60,
			jraCode: 'HM.03.01',
			kept: kept.includes(id) ? ('hold' as const) : null
		}))
	);
	await db().insert(destructionItems).values(items);
	return { destructionId };
}

type Rows = (statement: string) => Promise<Record<string, unknown>[]>;
const ownRows: Rows = (statement) => rowsOf(db(), sql.raw(statement));

/** Tables of the site and of its jobs whose rows contain one of the words, as `table: word`. */
export async function inTables(words: readonly string[], rows: Rows = ownRows): Promise<string[]> {
	const tables = await rows(
		`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
			where table_schema in ('public', 'pgboss') and table_type = 'BASE TABLE' order by 1`
	);
	const found: string[] = [];
	for (const { name } of tables) {
		const hits = await rows(`select sought.word from unnest('{${words.join(',')}}'::text[]) sought (word)
			where exists (select from ${String(name)} t where lower(t::text) like '%' || lower(sought.word) || '%')`);
		found.push(...hits.map(({ word }) => `${String(name)}: ${String(word)}`));
	}
	return found;
}

/** Files below a folder that contain one of the words, as `path: word`. Archives of backups are left out. */
export async function inFiles(folder: string, words: readonly string[]): Promise<string[]> {
	const found: string[] = [];
	for (const name of await readdir(folder, { recursive: true })) {
		const path = join(folder, name);
		if (name.includes('.tar.zst') || !(await stat(path)).isFile()) continue;
		const text = (await readFile(path)).toString('latin1').toLowerCase();
		for (const word of words) if (text.includes(word.toLowerCase())) found.push(`${name}: ${word}`);
	}
	return found;
}
