import type { Sql } from 'postgres';

/** A forward as the site's database has it; a look from outside, which changes nothing. */
export interface ForwardRow {
	id: string;
	case_reference: string;
	reference: string;
	state: string;
	lapor_id: string | null;
	reason_code: string | null;
	/** From the forward to its number, in milliseconds; null while it has none. */
	took: number | null;
	was_unknown: boolean;
	found_by_lookup: boolean;
}

/** Everything that was ever forwarded. */
export const forwardRows = (sql: Sql): Promise<ForwardRow[]> => sql<ForwardRow[]>`
	select e.id, c.reference as case_reference, e.reference, e.state, e.lapor_id, e.reason_code,
		(extract(epoch from e.sent_at - e.created_at) * 1000)::float8 as took,
		exists (select 1 from timeline t where t.case_id = e.case_id and t.type = 'escalation_unknown'
			and t.data ->> 'escalation' = e.id::text) as was_unknown,
		exists (select 1 from timeline t where t.case_id = e.case_id and t.type = 'escalation_sent'
			and t.data ->> 'escalation' = e.id::text and t.data ->> 'by' = 'lookup') as found_by_lookup
	from escalations e join cases c on c.id = e.case_id order by e.reference`;

/** How many stand in each state, and how many have not been tried yet. */
export async function countStates(sql: Sql): Promise<{ states: Map<string, number>; untried: number }> {
	const rows = await sql<{ state: string; n: number; untried: number }[]>`
		select state, count(*)::int as n, count(*) filter (where state = 'waiting' and fence = 0)::int as untried
		from escalations group by state`;
	return {
		states: new Map(rows.map(({ state, n }) => [state, n])),
		untried: rows.reduce((sum, { untried }) => sum + untried, 0)
	};
}

/** Whether the connection to LAPOR is stopped. */
export async function isHalted(sql: Sql): Promise<boolean> {
	const [row] = await sql<{ halted: boolean }[]>`
		select halted_at is not null as halted from lapor_circuits where endpoint = 'connection'`;
	return row?.halted ?? false;
}
