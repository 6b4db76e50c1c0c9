import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { CONTENTS } from './contents.ts';

/** Tables that hold no words of or about citizens, with the reason. */
const WITHOUT_CONTENTS: Record<string, string> = {
	...Object.fromEntries(
		[
			['units officers services places place_scans kiosks roster_shifts', 'the office itself'],
			[
				'accounts second_factors provider_identities roles acting_roles absences api_tokens access_changes notice_choices quiet_hours',
				'staff, not citizens'
			],
			['sessions password_links rate_limits push_messages', 'deleted when they expire'],
			['audit_head numbers rating_daily rating_monthly job_progress', 'counters'],
			['breaches breach_letters', 'records that the law requires, without names of reporters'],
			['calendar_years calendar_days clock_rules settings backups', 'settings and their history'],
			['answer_templates routing_rules category_words mail_closings follow_ups', 'written about no single case'],
			['public_pages public_figures skm_offices skm_publications', 'published'],
			['lapor_status_names lapor_circuits lapor_lists connections', 'lists and state of the connection'],
			['mail_stops', 'keyed hashes of addresses to which nothing may be sent'],
			['saved_views', 'filters of one person at the desk'],
			['search_words', 'words without their case; those of destroyed cases are deleted (destroy.ts)'],
			['case_exports', 'deleted after a day, and within a minute of a destruction (destroy.ts)'],
			['retention_rules destructions destruction_items tombstones', 'proof of each destruction']
		].flatMap(([tables = '', why = '']) => tables.split(' ').map((table) => [table, why]))
	)
};

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
