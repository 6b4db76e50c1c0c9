import type { Sql } from 'postgres';
import { withoutIndexes } from '../side-by-side.ts';

/** Number of different words in all texts, the most common first. The first ones are real words. */
const WORDS = 6000;
const PHRASES = 20_000;
const COMMON = ['di', 'yang', 'pelayanan', 'petugas', 'saya', 'data', 'antrean', 'loket', 'lambat', 'mohon'];

/**
 * A pseudo-random number between 0 and 1 that depends only on `n` and `k`, so that the database can work in parallel.
 */
const LOT = `create function bench_lot(n bigint, k int) returns float8 immutable parallel safe language sql
	as $$ select (hashint8extended(n, k) & 2147483647) / 2147483648.0 $$`;

/** Word frequencies as in a natural language: the hundredth word is a hundredth as frequent as the first. */
const PHRASE = `create table bench_phrases as
	with syllables as (
		select row_number() over (order by c, v) - 1 as at, c || v as syllable
		from unnest('{b,c,d,g,j,k,l,m,n,p,r,s,t,w}'::text[]) c, unnest('{a,i,u,e,o}'::text[]) v),
	vocabulary as (
		select rank, coalesce(('{${COMMON.join(',')}}'::text[])[rank], (select string_agg(syllable, '' order by place)
			from (values (rank * 31 % 70, 1), (rank / 70 * 17 % 70, 2), ((rank * 7 + rank / 70) % 70, 3)) p(at, place)
			join syllables using (at)) || case rank % 5 when 0 then 'kan' when 1 then 'n' else '' end) as word
		from generate_series(1, ${WORDS}) rank)
	select id::int, string_agg(word, ' ' order by place) as words
	from generate_series(1, ${PHRASES}) id, generate_series(1, 7) place
	join vocabulary on true
	where rank = 1 + floor(power(${WORDS - 1}, bench_lot(id, place)))::int - 1
	group by id`;

/** Creates the phrases of which texts are made, and the function for random numbers. */
async function makeLanguage(sql: Sql): Promise<void> {
	await sql.unsafe(LOT);
	await sql.unsafe(PHRASE);
	await sql.unsafe('alter table bench_phrases add primary key (id); analyze bench_phrases');
}

/** The id of a random phrase for `n`. */
const phraseOf = (n: string, k: number) => `1 + floor(bench_lot(${n}, ${k}) * ${PHRASES})::int`;

const YEARS = 5;
const HANDLERS = 24;
/** Entries of each case's timeline. */
const ENTRIES = 6;

/** Ids that grow with the row number, so that successive rows are next to each other in the indexes too. */
const uuidOf = (n: string, kind: number) => `('${kind}' || lpad(to_hex(${n}), 31, '0'))::uuid`;

/**
 * Cases as offices have them: seven offices of different size. Nearly all cases were closed long ago, and open ones are
 * recent, some of them overdue. Some are about the head and visible to supervisors only, and some name an officer.
 */
const CASES = `
	insert into cases (id, reference, unit_id, handling_unit_id, restricted, kind, title, body, requested_solution, category, class,
		priority, service, place_id, identity, channel, status, assignee_id, received_at, opened_at, answered_at, closed_at,
		archived_at, archive_reason, due_at, objection_at, submission_hash, receipt_hash, content_hash)
	overriding system value
	select n, 'SPATULA-' || u.code || '-' || to_char(day, 'YY') || '-' || lpad((n % 1000000)::text, 6, '0'), u.id, u.id,
		bench_lot(n, 1) < 0.005,
		case when bench_lot(n, 2) < 0.6 then 'complaint' when bench_lot(n, 2) < 0.9 then 'suggestion' else 'information_request' end,
		case when bench_lot(n, 3) < 0.5 then p1.words end,
		p1.words || '. ' || p2.words || ' ' || p3.words || '.' || case when n % 5000 = 7 then ' Pohon zamrud di halaman.' else '' end,
		case when bench_lot(n, 4) < 0.3 then p3.words end,
		(array['requirements','procedure','time','cost','product','competence','behaviour','facilities','integrity','other'])[1 + floor(bench_lot(n, 5) * 10)::int],
		'plain', case when bench_lot(n, 6) < 0.04 then 'high' else 'normal' end,
		case when bench_lot(n, 7) < 0.6 then 'consultation' end, case when bench_lot(n, 8) < 0.5 then pg_temp.id_of('place ' || u.code) end,
		'none', case when bench_lot(n, 9) < 0.5 then 'web' else 'qr' end, status,
		case when status <> 'received' then pg_temp.id_of('penangan ' || 1 + floor(bench_lot(n, 10) * ${HANDLERS})::int) end,
		day, day, case when not opened then day + interval '3 days' end, case when status = 'closed' then day + interval '14 days' end,
		case when status = 'archived' then day + interval '4 days' end, case when status = 'archived' then 'out_of_scope' end,
		case when opened and status <> 'needs_info' then now() + (bench_lot(n, 11) * 20 - 4) * interval '1 day' end,
		case when status = 'archived' and bench_lot(n, 12) < 0.0005 then day + interval '6 days' end,
		lpad(n::text, 40, 's'), lpad(n::text, 40, 'r'), 'content'
	from (
		select *, case when opened then (array['received','received','received','verified','verified','in_progress','in_progress','in_progress','in_progress','needs_info'])[1 + floor(bench_lot(n, 13) * 10)::int]
			when bench_lot(n, 13) < 0.8 then 'closed' when bench_lot(n, 13) < 0.83 then 'answered' else 'archived' end as status
		from (
			select n::bigint, now() - ($1 - n) * (interval '${YEARS * 365} days' / $1) - interval '1 hour' as day,
				bench_lot(n, 14) < case when n > $1 * 0.985 then 0.85 else 0.003 end as opened,
				floor(7 * power(bench_lot(n, 15), 1.4))::int as office,
				${phraseOf('n', 16)} as one, ${phraseOf('n', 17)} as two, ${phraseOf('n', 18)} as three
			from generate_series(1, $1) n
		) drawn
	) c
	join (select id, code, row_number() over (order by code) - 1 as at from units) u on u.at = office
	join bench_phrases p1 on p1.id = one join bench_phrases p2 on p2.id = two join bench_phrases p3 on p3.id = three
	order by n`;

/** Two deadlines per case. Those of closed cases were met. The first running one of an open case is its due time. */
const CLOCKS = `
	insert into clocks (id, case_id, name, start_at, days, day_unit, basis, pausable, state, due_at, warn_at, met_at)
	select ${uuidOf('id * 2 + at', 1)}, id, name, received_at, 5, 'working', 'unit', true,
		case when due_at is not null then 'running' when status = 'needs_info' then 'paused' else 'met' end,
		due_at + at * interval '9 days', due_at + at * interval '9 days' - interval '2 days',
		case when due_at is null and status <> 'needs_info' then received_at + interval '2 days' end
	from cases, (values ('first_reply', 0), ('solution', 1)) clock(name, at)`;

/**
 * What boards count per case: when it was received and settled, and how the five deadlines of a settled case were met.
 */
const COUNTED = [
	`insert into case_moves (case_id, at, unit_id, kind, channel, sealed, move)
		select id, at, unit_id, kind, channel, restricted, move
		from cases, lateral (values (opened_at, 'received'), (case when status in ('answered', 'closed') then answered_at end, 'answered'),
			(archived_at, 'archived')) moved(at, move)
		where at is not null order by at`,
	`insert into clock_outcomes (case_id, clock_id, unit_id, name, day_unit, started_on, ended_on, paused_days, at, due_at, late)
		select c.id, k.id, c.unit_id, promise, 'working', c.opened_at::date, k.met_at::date, 0, k.met_at, k.met_at + interval '1 day',
			bench_lot(c.id, 24) < 0.1
		from clocks k join cases c on c.id = k.case_id,
			unnest(array['verification','first_reply','response_by_law','solution','decision_by_law']) promise
		where k.name = 'first_reply' and k.state = 'met' order by k.met_at`
];

const SAID = [
	`insert into timeline (case_id, seq, at, type, actor_kind, public, data)
		select id, seq, received_at + seq * interval '1 hour',
			(array['opened','verified','assigned','answered','rated','closed'])[seq], 'staff', true,
			case when seq = 5 then jsonb_build_object('score', 1 + floor(bench_lot(id, 25) * 5)::int) else '{}' end
		from cases, generate_series(1, ${ENTRIES}) seq`,
	`insert into messages (id, case_id, author, public, body, at)
		select ${uuidOf('c.id', 2)}, c.id, 'staff', c.id % 3 <> 0, p.words || case when c.id % 5000 = 9 then ' kwitansi' else '' end,
			received_at + interval '4 hours'
		from cases c join bench_phrases p on p.id = ${phraseOf('c.id', 19)}`,
	`insert into attachments (id, case_id, name, media_type, bytes, sha256, at)
		select ${uuidOf('id', 3)}, id, 'foto.jpg', 'image/jpeg', 90000, 'sum', received_at from cases where bench_lot(id, 20) < 0.3`,
	`insert into approvals (id, case_id, kind, body, author_id, state, at)
		select ${uuidOf('id', 4)}, id, 'answer', 'Jawaban kami.', assignee_id,
			case when status = 'in_progress' then 'pending' else 'approved' end, received_at + interval '2 days'
		from cases where kind = 'complaint' and (status in ('answered', 'closed') or status = 'in_progress' and bench_lot(id, 21) < 0.15)`,
	`insert into case_officers (case_id, officer_id, source, state)
		select id, pg_temp.id_of('officer ' || 1 + floor(bench_lot(id, 22) * 500)::int), 'staff', 'named' from cases where bench_lot(id, 23) < 0.02`
];

const FILLED = [
	...['cases', 'clocks', 'case_moves', 'clock_outcomes', 'timeline', 'messages', 'attachments', 'approvals'],
	...['case_officers', 'case_search', 'search_words']
];

/** Fills the database of a province with that many cases. The result differs between runs only by the present time. */
export async function makeCases(sql: Sql, cases: number, documents: () => Promise<void>): Promise<void> {
	await sql.unsafe(`set session_replication_role = replica; set maintenance_work_mem = '512MB'`);
	await makeLanguage(sql);
	const indexes = await withoutIndexes(sql, FILLED);
	for (const statement of [CASES, CLOCKS, ...COUNTED, ...SAID])
		await sql.unsafe(statement.replaceAll('$1', String(cases)));
	await sql.unsafe(`select setval(pg_get_serial_sequence('cases', 'id'), ${cases})`);
	// These two indexes are needed first: documents are made from the messages and attachments of each case.
	const [first, later] = [indexes.filter((def) => /messages_case|attachments_case/.test(def)), indexes];
	for (const index of first) await sql.unsafe(index);
	await sql.unsafe('analyze');
	await documents();
	await sql.unsafe(`insert into search_words select distinct lexeme from case_search, unnest(tsvector_to_array(document)) lexeme
		where lexeme ~ '^[^0-9#]{4,30}$'`);
	for (const index of later) if (!first.includes(index)) await sql.unsafe(index);
	await sql.unsafe('vacuum (analyze)');
}
