import type { Sql } from 'postgres';
import { since } from '../../print-results.ts';
import { withoutIndexes } from '../side-by-side.ts';

const DAYS = 3 * 365;
/** Ratings of the last so many days may wait for a manager; older ones were decided. */
const WAITING_DAYS = 30;
/** Visits in three years, the same number in every database, because pages count them at each request. */
const VISITS_NOTED = 100_000;

/**
 * Ratings as people give them: most are content, and some officers serve more people or serve them better. One in
 * twenty doesn't know the officer, and one in twelve writes a comment. Few are set aside or unusual.
 */
const RATINGS = `
	insert into ratings (id, unit_id, officer_id, place_id, service, score, courtesy, speed, knowledge, comment, comment_hash,
		comment_flags, source, verified, day, state, state_reason, state_by, decided_late,
		signals, submission_hash, content_hash)
	select pg_temp.id_of('rating ' || n), unit_id, officer_id, case when source = 'place' then place_id end, service,
		score, aspect, aspect, aspect, comment, encode(sha256(comment::bytea), 'hex'),
		case when talk < 0.003 then '{name}'::text[] else '{}' end, source, source = 'visit', day,
		case fate when 'voided' then 'voided' when 'waits' then 'held' else 'counted' end,
		case fate when 'voided' then 'spam' when 'waits' then 'over_budget' when 'kept' then 'genuine' end,
		case when fate in ('voided', 'kept') then pg_temp.id_of('manajer') end, fate = 'voided' and n % 10 = 0,
		case when fate in ('waits', 'kept') then '{over_budget}'::text[] when fate = 'marked' then '{outside_hours}' else '{}' end,
		encode(sha256(('submission ' || n)::bytea), 'hex'), encode(sha256(('content ' || n)::bytea), 'hex')
	from (
		select n, o.unit_id, case when n % 20 <> 0 then o.id end as officer_id, p.id as place_id, talk,
			case when luck < 0.03 then 1 when luck < 0.06 then 2 when luck < 0.14 then 3 when luck < 0.4 then 4 else 5 end as score,
			case when detail < 0.5 then 5 - floor(detail * 5)::int end as aspect,
			case when wish < 0.4 then 'consultation' when wish < 0.6 then 'library' when wish < 0.7 then 'product_sales'
				when wish < 0.75 then 'recommendation' when wish < 0.8 then 'other' end as service,
			case when way < 0.35 then 'visit' when way < 0.8 then 'place' when way < 0.92 then 'web'
				when way < 0.98 then 'kiosk' else 'api' end as source,
			case when talk < 0.08 then 'Penjelasan petugas jelas, nomor antrean ' || n end as comment,
			case when lot < 0.002 then 'voided' when lot < 0.01 and age < ${WAITING_DAYS} then 'waits' when lot < 0.01 then 'kept'
				when lot < 0.03 then 'marked' else 'plain' end as fate,
			-- Offices are open from Monday to Friday.
			day - case extract(isodow from day) when 6 then 1 when 7 then 2 else 0 end as day
		from (
			select *, today - age as day, power(chance, 0.6 + (number * 7 % 10) / 12.0) as luck
			from (
				select n, random() as chance, random() as lot, random() as detail, random() as wish, random() as way, random() as talk,
					floor(random() * ${DAYS})::int as age, 1 + floor(500 * power(random(), 1.5))::int as number,
					(now() at time zone 'Asia/Makassar')::date as today
				from generate_series(1, $1) n
			) thrown
		) given
		join officers o on o.id = pg_temp.id_of('officer ' || number)
		join places p on p.unit_id = o.unit_id
	) rated`;

const VISITS = `
	insert into visits (id, unit_id, service, officer_id, channel, token_hash, day, created_at, closed_at, expires_at, used_on)
	select pg_temp.id_of('visit ' || n), o.unit_id, case when wish < 0.8 then 'consultation' end, o.id,
		case when wish < 0.7 then 'walk_in' else 'whatsapp' end, encode(sha256(('visit ' || n)::bytea), 'hex'), day,
		day + time '09:00', day + time '09:30', day + interval '14 days', case when used < 0.4 then day end
	from (
		select n, random() as wish, random() as used, 1 + floor(500 * power(random(), 1.5))::int as number,
			(now() at time zone 'Asia/Makassar')::date - floor(random() * ${DAYS})::int as day
		from generate_series(1, ${VISITS_NOTED}) n
	) noted
	join officers o on o.id = pg_temp.id_of('officer ' || number)`;

/**
 * One row per decision. Of fifty thousand ratings, one waits for the parent unit and one contested by an officer waits
 * for an answer.
 */
const DECISIONS = [
	`insert into rating_decisions (rating_id, move, reason, unit_id, proposed_by, proposed_at, state, decided_by, decided_at)
		select id, case state when 'voided' then 'void' else 'keep' end, state_reason, unit_id, state_by, decided, 'done', state_by, decided
		from ratings, lateral (select day + case when decided_late then 30 else 1 end as decided) at where state_by is not null`,
	`insert into rating_decisions (rating_id, move, reason, unit_id, proposed_by, proposed_at, state)
		select r.id, 'void', 'spam', u.id, pg_temp.id_of('petugas'), now(), 'pending'
		from generate_series(1, $1, 50000) n join ratings r on r.id = pg_temp.id_of('rating ' || n)
		join units u on u.parent_id is null`,
	`insert into rating_contests (rating_id, officer_id, words, contested_at, state)
		select r.id, r.officer_id, 'Bukan saya yang melayani.', now(), 'pending'
		from generate_series(2, $1, 50000) n join ratings r on r.id = pg_temp.id_of('rating ' || n)`
];

/** Sums of ratings. `period` is the column of the sums, `first` the first day of a rating's period. */
const ratingSums = (table: string, period: string, first: string) => `
	insert into ${table} (key, unit_id, officer_id, service, ${period}, c1, c2, c3, c4, c5, verified,
		visit, kiosk, place, web, api, courtesy_n, courtesy_sum, speed_n, speed_sum, knowledge_n, knowledge_sum)
	select concat_ws('/', r.unit_id, coalesce(r.officer_id::text, ''), coalesce(s.service, ''), to_char(${first}, 'YYYY-MM-DD')),
		r.unit_id, r.officer_id, s.service, ${first},
		count(*) filter (where score = 1), count(*) filter (where score = 2), count(*) filter (where score = 3),
		count(*) filter (where score = 4), count(*) filter (where score = 5), count(*) filter (where verified),
		count(*) filter (where source = 'visit'), count(*) filter (where source = 'kiosk'), count(*) filter (where source = 'place'),
		count(*) filter (where source = 'web'), count(*) filter (where source = 'api'),
		count(courtesy), coalesce(sum(courtesy), 0), count(speed), coalesce(sum(speed), 0), count(knowledge), coalesce(sum(knowledge), 0)
	from ratings r cross join lateral (values (r.service), ('*')) s(service)
	where r.state = 'counted' group by r.unit_id, r.officer_id, s.service, ${first}`;

/**
 * The site updates the sums with each rating. The history is inserted without that, so all sums are computed at the
 * end.
 */
const SUMS = [
	ratingSums('rating_daily', 'day', 'r.day'),
	ratingSums('rating_monthly', 'month', `date_trunc('month', r.day)::date`)
];

/**
 * Fills the database of a province with that many ratings over three years, with visits, decisions and sums. The result
 * differs between runs only by the present day.
 *
 * @returns how long the first sums took, as text
 */
export async function makeHistory(sql: Sql, ratings: number): Promise<string> {
	const run = (statement: string) => sql.unsafe(statement.replaceAll('$1', String(ratings)));
	// Without foreign-key checks, because all ids are taken from existing rows and looking each up would take longer
	// than the rest.
	await sql.unsafe(
		`set session_replication_role = replica; set maintenance_work_mem = '256MB'; select setseed(0.7604)`
	);
	const indexes = await withoutIndexes(sql, ['ratings', 'visits', 'rating_daily', 'rating_monthly']);
	for (const statement of [RATINGS, VISITS, ...DECISIONS]) await run(statement);
	const started = performance.now();
	for (const statement of SUMS) await run(statement);
	const took = since(started);
	for (const index of indexes) await sql.unsafe(index);
	await sql.unsafe('vacuum (analyze)');
	return took;
}
