import { sql } from 'drizzle-orm';
import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import type { CircuitEndpoint } from './connection/circuit.ts';
import { connectionState } from './connection/connection.ts';
import { standingSince } from './standing-since.ts';

export interface StateFigure {
	state: EscalationState;
	count: number;
	/** Since when the oldest stands there; null if none does, and for closed ones, which wait for nothing. */
	oldest: Date | null;
}

const UNDER_WAY = sql`('waiting', 'sending', 'sent', 'unknown', 'rejected', 'stuck')`;

/**
 * How many forwards of the whole installation stand where, for its operator: figures only. Closed ones, which are nearly
 * all after some years, are counted in the index of states; the others are few.
 */
export async function stateFigures(): Promise<StateFigure[]> {
	const rows = await rowsOf<{ state: EscalationState; count: number; oldest: string | Date | null }>(
		db(),
		sql`select state, count(*)::int as count, min(${standingSince}) as oldest from ${escalations}
			where state in ${UNDER_WAY} group by state
			union all select 'closed', count(*)::int, null from ${escalations} where state = 'closed'`
	);
	return ESCALATION_STATES.map((state) => {
		const row = rows.find((one) => one.state === state);
		return { state, count: row?.count ?? 0, oldest: row?.oldest ? new Date(row.oldest) : null };
	});
}

const ENDPOINTS: readonly CircuitEndpoint[] = [
	'upload',
	'create',
	'lookup',
	'detail',
	'followups',
	'followup_add',
	'masters'
];

export type CircuitStanding = 'closed' | 'open' | 'halted';

/** Whether each endpoint of LAPOR is called, left alone for a while, or stopped with the whole connection. */
export async function circuitFigures(): Promise<{ endpoint: CircuitEndpoint; standing: CircuitStanding }[]> {
	const { halt, open } = await connectionState();
	return ENDPOINTS.map((endpoint) => {
		const left = open.some((one) => one.endpoint === endpoint);
		return { endpoint, standing: halt ? 'halted' : left ? 'open' : 'closed' };
	});
}
