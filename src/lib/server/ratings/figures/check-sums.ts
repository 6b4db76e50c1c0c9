import { sql } from 'drizzle-orm';
import { FIGURES } from '#lib/ratings/figures.ts';
import { db, rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { log } from '#lib/server/log.ts';
import { ALL_SERVICES } from './sums.ts';

/** Number of differing keys that the log entry lists. */
const NAMED = 5;

const score = (value: number) => sql.raw(`count(*) filter (where score = ${value}) as c${value}`);
const source = (name: string) => sql.raw(`count(*) filter (where source = '${name}') as "${name}"`);
const aspect = (name: string) =>
	sql.raw(`count(${name}) as ${name}_n, coalesce(sum(${name}), 0)::bigint as ${name}_sum`);

const COLUMNS = FIGURES.map((name) => name.replace(/[A-Z]/, (capital) => `_${capital.toLowerCase()}`));
/** All figures of a row as one text, so that two rows are compared at once. */
const asText = (of: string) => sql.raw(COLUMNS.map((name) => `${of}.${name}`).join(` || ' ' || `));
const added = sql.raw(COLUMNS.map((name) => `sum(${name}) as ${name}`).join(', '));

const DAY = `to_char(day, 'YYYY-MM-DD')`;
const KEY = sql.raw(`concat_ws('/', unit_id, coalesce(officer_id::text, ''), coalesce(service, ''), ${DAY})`);

/** The sums recomputed. Reads the ratings once, then adds services up to days and days up to months. */
const ANEW = sql`by_service as materialized (
		select unit_id, officer_id, service, day, ${score(1)}, ${score(2)}, ${score(3)}, ${score(4)}, ${score(5)},
			count(*) filter (where verified) as verified,
			${source('visit')}, ${source('kiosk')}, ${source('place')}, ${source('web')}, ${source('api')},
			${aspect('courtesy')}, ${aspect('speed')}, ${aspect('knowledge')}
		from ratings where state = 'counted' and ${notInTrial(sql`unit_id`)} group by unit_id, officer_id, service, day
	), days as materialized (
		select * from by_service
		union all
		select unit_id, officer_id, ${sql.raw(`'${ALL_SERVICES}'`)}, day, ${added} from by_service group by unit_id, officer_id, day
	), months as (
		select unit_id, officer_id, service, date_trunc('month', day)::date as day, ${added} from days
		group by unit_id, officer_id, service, date_trunc('month', day)
	)`;

const differing = (table: string, anew: string) => sql`
	select ${sql.raw(`'${table} '`)} || coalesce(kept.key, anew.key) as key
	from (select key, ${asText('k')} as figures from ${sql.raw(table)} k) kept
	full join (select ${KEY} as key, ${asText('a')} as figures from ${sql.raw(anew)} a) anew on anew.key = kept.key
	where kept.figures is distinct from anew.figures`;

/** Keys of the sums that differ from the ratings; empty if all sums are correct. */
export async function differingSums(on: Database | Tx): Promise<string[]> {
	const rows = await rowsOf<{ key: string }>(
		on,
		sql`with ${ANEW} ${differing('rating_daily', 'days')} union all ${differing('rating_monthly', 'months')}`
	);
	return rows.map(({ key }) => key);
}

/**
 * Nightly check that compares every sum with its ratings. Differences are not corrected automatically, because a person
 * must understand the fault. They are logged as an error, which administrators see among the site's errors.
 * @returns number of differing rows in the daily and monthly sums
 */
export async function checkRatingSums(): Promise<number> {
	const differing = await db().transaction((tx) => differingSums(tx), { isolationLevel: 'repeatable read' });
	if (differing.length > 0)
		log().error(
			{ differences: differing.length, keys: differing.slice(0, NAMED) },
			'rating sums differ from the ratings'
		);
	return differing.length;
}
