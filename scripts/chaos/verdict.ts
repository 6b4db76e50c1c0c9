import type { Sql } from 'postgres';
import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';
import { median, percentile } from '../print-results.ts';

/** A forward in the site's database. */
export interface ForwardRow {
	id: string;
	case_reference: string;
	reference: string;
	state: string;
	lapor_id: string | null;
	reason_code: string | null;
	/** Milliseconds from the forward until its LAPOR number; null if it has none. */
	took: number | null;
	was_unknown: boolean;
	found_by_lookup: boolean;
}

/** All forwards. */
export const forwardRows = (sql: Sql): Promise<ForwardRow[]> => sql<ForwardRow[]>`
	select e.id, c.reference as case_reference, e.reference, e.state, e.lapor_id, e.reason_code,
		(extract(epoch from e.sent_at - e.created_at) * 1000)::float8 as took,
		exists (select 1 from timeline t where t.case_id = e.case_id and t.type = 'escalation_unknown'
			and t.data ->> 'escalation' = e.id::text) as was_unknown,
		exists (select 1 from timeline t where t.case_id = e.case_id and t.type = 'escalation_sent'
			and t.data ->> 'escalation' = e.id::text and t.data ->> 'by' = 'lookup') as found_by_lookup
	from escalations e join cases c on c.id = e.case_id order by e.reference`;

/** Counts forwards in each state, and those that were never tried. */
export async function countStates(sql: Sql): Promise<{ states: Map<string, number>; untried: number }> {
	const rows = await sql<{ state: string; n: number; untried: number }[]>`
		select state, count(*)::int as n, count(*) filter (where state = 'waiting' and fence = 0)::int as untried
		from escalations group by state`;
	return {
		states: new Map(rows.map(({ state, n }) => [state, n])),
		untried: rows.reduce((sum, { untried }) => sum + untried, 0)
	};
}

/** Whether the connection to LAPOR is halted. */
export async function isHalted(sql: Sql): Promise<boolean> {
	const [row] = await sql<{ halted: boolean }[]>`
		select halted_at is not null as halted from lapor_circuits where endpoint = 'connection'`;
	return row?.halted ?? false;
}

const EXPLAINED = ['rejected', 'stuck', 'unknown'];

/** The tag under which LAPOR stores a forward. */
const tagOf = (reference: string): string => `#${reference.replace(/[^A-Za-z0-9]/g, '')}`;

/**
 * Compares the forwards that the site acknowledged with its database and with the reports at LAPOR. Times run from the
 * forward until its number.
 */
export function judge(acknowledged: readonly string[], rows: readonly ForwardRow[], reports: readonly StoredReport[]) {
	const stored = new Map<string, StoredReport[]>();
	for (const report of reports) {
		const tag = String(report.payload['tags_raw']);
		stored.set(tag, [...(stored.get(tag) ?? []), report]);
	}
	const known = new Set(rows.map(({ reference }) => tagOf(reference)));
	const byCase = new Set(rows.map((row) => row.case_reference));
	const problems = rows.map((row) => ({ row, wrong: problemOf(row, stored.get(tagOf(row.reference)) ?? []) }));
	const tookOf = (some: readonly ForwardRow[]) => some.flatMap(({ took }) => took ?? []);
	const took = tookOf(rows);
	return {
		sent: rows.filter(({ state }) => state === 'sent' || state === 'closed').length,
		/** Rejected, stuck or unknown, with the reason on the row. */
		explained: rows.filter(({ state, reason_code }) => EXPLAINED.includes(state) && reason_code).length,
		/** References that are stored more than once at LAPOR. */
		duplicates: [...stored].filter(([, all]) => all.length > 1).map(([tag]) => tag),
		/** Forwards that were acknowledged and then lost, each with the problem. */
		lost: [
			...acknowledged.filter((reference) => !byCase.has(reference)).map((reference) => `${reference}: no row`),
			...problems.flatMap(({ row, wrong }) => (wrong ? [`${row.reference}: ${wrong}`] : [])),
			...[...stored.keys()].filter((tag) => !known.has(tag)).map((tag) => `${tag}: at LAPOR, but no row`)
		],
		medianMs: median(took),
		p95Ms: percentile(took, 0.95),
		/** Without forwards that were unknown meanwhile, because they wait for the end of the faults or for a person. */
		p95KnownMs: percentile(tookOf(rows.filter(({ was_unknown: unknown }) => !unknown)), 0.95)
	};
}

/** The problem of a row, if any. It must be sent and stored at LAPOR under its number, or have a reason. */
function problemOf(row: ForwardRow, reportsAtLapor: readonly StoredReport[]): string | undefined {
	// A person has sent it again. That newer row is checked separately.
	if (row.state === 'closed' && !row.lapor_id) return undefined;
	if (row.state === 'sent' || row.state === 'closed')
		return reportsAtLapor.some(({ id }) => String(id) === row.lapor_id)
			? undefined
			: `${row.state} as ${row.lapor_id}, not there`;
	if (EXPLAINED.includes(row.state)) return row.reason_code ? undefined : `${row.state} without a reason`;
	return `still ${row.state}`;
}
