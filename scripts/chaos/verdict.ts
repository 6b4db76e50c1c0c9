import type { StoredReport } from '#lib/dev/lapor-sandbox/records.ts';
import { median, percentile } from '../figures.ts';
import type { ForwardRow } from './rows.ts';
import { tagOf } from './sandbox.ts';

export interface Verdict {
	sent: number;
	/** Rejected, stuck or unknown, with the reason on the row. */
	explained: number;
	/** References that are stored more than once at LAPOR. */
	duplicates: string[];
	/** What was acknowledged and then went missing, each with what is wrong. */
	lost: string[];
	/** From the forward to its number. */
	medianMs: number;
	p95Ms: number;
	/** The same without those that were unknown for a while: they wait for the end of the storm, or for a person. */
	p95KnownMs: number;
}

const EXPLAINED = ['rejected', 'stuck', 'unknown'];

/** Holds what the site acknowledged, what its database has and what LAPOR has stored against each other. */
export function judge(
	acknowledged: readonly string[],
	rows: readonly ForwardRow[],
	reports: readonly StoredReport[]
): Verdict {
	const stored = new Map<string, StoredReport[]>();
	for (const report of reports) {
		const tag = String(report.payload['tags_raw']);
		stored.set(tag, [...(stored.get(tag) ?? []), report]);
	}
	const known = new Set(rows.map(({ reference }) => tagOf(reference)));
	const byCase = new Set(rows.map((row) => row.case_reference));
	const wrongs = rows.map((row) => ({ row, wrong: wrongWith(row, stored.get(tagOf(row.reference)) ?? []) }));
	const tookOf = (some: readonly ForwardRow[]) => some.flatMap(({ took }) => took ?? []);
	const took = tookOf(rows);
	return {
		sent: rows.filter(({ state }) => state === 'sent' || state === 'closed').length,
		explained: rows.filter(({ state, reason_code }) => EXPLAINED.includes(state) && reason_code).length,
		duplicates: [...stored].filter(([, all]) => all.length > 1).map(([tag]) => tag),
		lost: [
			...acknowledged.filter((reference) => !byCase.has(reference)).map((reference) => `${reference}: no row`),
			...wrongs.flatMap(({ row, wrong }) => (wrong ? [`${row.reference}: ${wrong}`] : [])),
			...[...stored.keys()].filter((tag) => !known.has(tag)).map((tag) => `${tag}: at LAPOR, but no row`)
		],
		medianMs: median(took),
		p95Ms: percentile(took, 0.95),
		p95KnownMs: percentile(tookOf(rows.filter(({ was_unknown: unknown }) => !unknown)), 0.95)
	};
}

/** A row may end sent, with LAPOR holding it under its number, or in a state that says why; undefined: it did. */
function wrongWith(row: ForwardRow, there: readonly StoredReport[]): string | undefined {
	// Superseded by a deliberate re-send; the row after it is judged by itself.
	if (row.state === 'closed' && !row.lapor_id) return undefined;
	if (row.state === 'sent' || row.state === 'closed')
		return there.some(({ id }) => String(id) === row.lapor_id)
			? undefined
			: `${row.state} as ${row.lapor_id}, not there`;
	if (EXPLAINED.includes(row.state)) return row.reason_code ? undefined : `${row.state} without a reason`;
	return `still ${row.state}`;
}
