import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { CONTENTS, WITHOUT_CONTENTS } from './contents.ts';

useFreshDatabase();

/** Columns that can hold words, by table. */
async function columnsOfWords(): Promise<Map<string, string[]>> {
	const found = await rowsOf<{ table: string; columns: string[] }>(
		db(),
		sql`select table_name as table, json_agg(column_name order by column_name) filter (where data_type not in
				('bigint', 'integer', 'smallint', 'real', 'double precision', 'numeric', 'boolean', 'date', 'uuid',
				'timestamp with time zone') and not (data_type = 'ARRAY' and udt_name in ('_uuid', '_int4'))) as columns
			from information_schema.columns where table_schema = 'public' group by table_name`
	);
	return new Map(found.map(({ table, columns }) => [table, columns ?? []]));
}

test('each column that can hold words is kept, or destroyed with a part of the retention schedule', async () => {
	const tables = await columnsOfWords();
	const missing = [...tables].flatMap(([table, columns]) => {
		if (table in WITHOUT_CONTENTS) return [];
		const contents = CONTENTS[table];
		if (!contents) return [`${table}: add the table to contents.ts`];
		if (contents.deleted) return [];
		return columns.filter((column) => !(column in contents.columns)).map((column) => `${table}.${column}`);
	});
	expect(missing, 'name the part that destroys them in privacy/retention/contents.ts').toEqual([]);
	const unknown = Object.entries(CONTENTS).flatMap(([table, { columns }]) =>
		Object.keys(columns).filter((column) => !tables.get(table)?.includes(column))
	);
	expect(unknown, 'no column has this name').toEqual([]);
	expect(Object.keys(WITHOUT_CONTENTS).filter((table) => !tables.has(table) || table in CONTENTS)).toEqual([]);
});

test('a table with a case, forward or rating is described column by column', async () => {
	const ofCases = await rowsOf<{ table: string }>(
		db(),
		sql`select distinct table_name as table from information_schema.columns
			where table_schema = 'public' and column_name in ('case_id', 'escalation_id', 'rating_id')`
	);
	expect(ofCases.length).toBeGreaterThan(20);
	expect(ofCases.map(({ table }) => table).filter((table) => table in WITHOUT_CONTENTS)).toEqual([]);
});
