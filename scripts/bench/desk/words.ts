import type { Sql } from 'postgres';

/** Different words in all that is written, the most common first; of these many, those at the head are real ones. */
const WORDS = 6000;
const PHRASES = 20_000;
const COMMON = ['di', 'yang', 'pelayanan', 'petugas', 'saya', 'data', 'antrean', 'loket', 'lambat', 'mohon'];

/** A number between 0 and 1 that is the same for the same `n` and `k` each time, and lets the database work in parallel. */
const LOT = `create function bench_lot(n bigint, k int) returns float8 immutable parallel safe language sql
	as $$ select (hashint8extended(n, k) & 2147483647) / 2147483648.0 $$`;

/** Words are as common as in a language: the hundredth a hundredth as often as the first. */
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

/** A language to write reports in, and the lots they are drawn by. */
export async function makeLanguage(sql: Sql): Promise<void> {
	await sql.unsafe(LOT);
	await sql.unsafe(PHRASE);
	await sql.unsafe('alter table bench_phrases add primary key (id); analyze bench_phrases');
}

/** A phrase drawn for `n`. */
export const phraseOf = (n: string, k: number) => `1 + floor(bench_lot(${n}, ${k}) * ${PHRASES})::int`;
