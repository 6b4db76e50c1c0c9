import type { Sql } from 'postgres';
import { DEFAULT_WORKDAY_HOURS } from '#lib/calendar/workday-hours.ts';
import { SERVICE_KINDS } from '#lib/cases/vocabulary.ts';
import { DEMO_OFFICES } from '#lib/dev/demo/offices.ts';
import { hashPassword } from '#lib/server/people/sign-in/password.ts';

const OFFICERS = 500;
/** The number of the measured officer. Half of the officers have more ratings. */
const TYPICAL = 250;

export const PASSWORD = 'pengukuran-penilaian';

export interface Province {
	code: string;
	/** The office of the measured officer. */
	office: { code: string; slug: string };
	officerId: string;
}

/** Computes ids from names, so that they are the same in every database. */
const NAMED_IDS = `create function pg_temp.id_of(name text) returns uuid immutable language sql
	as $$ select overlay(overlay(md5(name) placing '4' from 13) placing '8' from 17)::uuid $$`;

/**
 * Creates the province of the demo with its regencies, five hundred officers, a manager of all (`manajer`) and one
 * officer with an account (`petugas`). `sql` is one connection, which keeps a function for `makeHistory`.
 */
export async function makeProvince(sql: Sql): Promise<Province> {
	const [province] = DEMO_OFFICES;
	if (!province) throw new Error('the demo has no offices');
	await sql.unsafe(NAMED_IDS);
	const hours = JSON.stringify(DEFAULT_WORKDAY_HOURS);
	for (const { code, slug, name } of DEMO_OFFICES) {
		await sql`insert into units (id, code, slug, name, parent_id, path, hours, state)
			select id, ${code}, ${slug}, ${name}, nullif(root, id), case when id = root then '' else '/' || root end || '/' || id || '/', ${hours}::text::jsonb, 'open'
			from (select pg_temp.id_of(${code}) as id, pg_temp.id_of(${province.code}) as root) ids`;
	}
	await sql`insert into services (unit_id, kind, name, name_en)
		select id, kind, kind, kind from units, unnest(${[...SERVICE_KINDS]}::text[]) kind`;
	await sql`insert into places (id, unit_id, code, kind, name)
		select pg_temp.id_of('place ' || code), id, 'B' || code || 'K', 'box', 'Kotak saran' from units`;
	await sql`insert into officers (id, unit_id, name, position)
		select pg_temp.id_of('officer ' || n), u.id, 'Petugas Contoh ' || n, 'Petugas layanan'
		from generate_series(1, ${OFFICERS}) n
		join (select id, row_number() over (order by code) - 1 as at, count(*) over () as units from units) u on u.at = n % u.units`;
	const passwordHash = await hashPassword(PASSWORD);
	await sql`insert into accounts (id, username, name, password_hash)
		select pg_temp.id_of(name), name, initcap(name), ${passwordHash} from unnest(array['manajer', 'petugas']) name`;
	await sql`insert into roles (account_id, unit_id, role)
		values (pg_temp.id_of('manajer'), pg_temp.id_of(${province.code}), 'manager')`;
	const [typical] = await sql<{ id: string; code: string; slug: string }[]>`
		update officers o set account_id = pg_temp.id_of('petugas') from units u
		where o.id = pg_temp.id_of('officer ' || ${TYPICAL}::int) and u.id = o.unit_id
		returning o.id, u.code, u.slug`;
	if (!typical) throw new Error('the officer who is looked at is missing');
	const { id: officerId, ...office } = typical;
	return { code: province.code, office, officerId };
}
