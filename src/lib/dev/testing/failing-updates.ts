import { sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';

/**
 * Runs `work` while the database refuses to update the rows for which a condition holds.
 *
 * @param condition in SQL, with `old` and `new`
 */
export async function whileRefusing<T>(condition: string, work: () => Promise<T>, table = 'cases'): Promise<T> {
	const body = `begin raise exception 'refused by the test'; end`;
	await db().execute(sql.raw(`create function refuse() returns trigger language plpgsql as $$ ${body} $$`));
	const when = `before update on ${table} for each row when (${condition})`;
	await db().execute(sql.raw(`create trigger refused ${when} execute function refuse()`));
	try {
		return await work();
	} finally {
		await db().execute(sql`drop function refuse cascade`);
	}
}
