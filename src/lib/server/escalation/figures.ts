import { sql } from 'drizzle-orm';
import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { ENDPOINTS, type CircuitEndpoint } from './connection/circuit.ts';
import { connectionState } from './connection/connection.ts';
import { standingSince } from './list.ts';

const UNDER_WAY = sql`('waiting', 'sending', 'sent', 'unknown', 'rejected', 'stuck')`;

/**
 * Forwards of the whole installation by state, with the oldest of each except closed ones. After some years nearly all are
 * closed; these are counted in the index of states.
 */
export async function stateFigures() {
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

export type CircuitStanding = 'closed' | 'open' | 'halted';

/** The circuit of each endpoint. */
export async function circuitFigures(): Promise<{ endpoint: CircuitEndpoint; standing: CircuitStanding }[]> {
	const { halt, open } = await connectionState();
	return ENDPOINTS.map((endpoint) => {
		const left = open.some((one) => one.endpoint === endpoint);
		return { endpoint, standing: halt ? 'halted' : left ? 'open' : 'closed' };
	});
}
