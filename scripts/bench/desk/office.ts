import type { Sql } from 'postgres';
import { useHandle, type Handle } from '#lib/server/db/index.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { makeProvince } from '../ratings/province.ts';

/**
 * Creates the province of the demo with its regencies, their handlers and one supervisor of all. `sql` is one
 * connection.
 */
export async function makeOffices(sql: Sql): Promise<void> {
	await makeProvince(sql);
	await sql`insert into accounts (id, username, name)
		select pg_temp.id_of(name), replace(name, ' ', '.'), initcap(name)
		from (select 'penangan ' || n as name from generate_series(1, 24) n union all select 'penyelia') named`;
	await sql`insert into roles (account_id, unit_id, role)
		select pg_temp.id_of('penangan ' || n), u.id, 'handler' from generate_series(1, 24) n
		join (select id, row_number() over (order by code) - 1 as at from units) u on u.at = n % 7
		union all select pg_temp.id_of('penyelia'), id, role from units, (values ('handler'), ('supervisor')) r(role) where parent_id is null`;
	await sql`update officers set account_id = pg_temp.id_of('penyelia') where id = pg_temp.id_of('officer 1')`;
}

/**
 * The actors of the measurement. @returns a supervisor of the whole province, who is also an officer and doesn't see
 * cases that name them; and a handler of one medium-sized office
 */
export async function peopleOf(handle: Handle) {
	useHandle(handle);
	if (handle.kind !== 'postgres') throw new Error('this measures PostgreSQL only');
	const ids = await handle.client<{ id: string }[]>`
		select id from accounts where username in ('penyelia', 'penangan.3') order by username desc`;
	const [supervisor, handler] = await Promise.all(ids.map(({ id }) => actorOf(id)));
	if (!supervisor || !handler) throw new Error('the people of the desk are missing');
	return { supervisor, handler };
}
