import { ENDPOINTS, type Endpoint, type Fault } from '#lib/dev/lapor-sandbox/faults.ts';

/** Share of the calls to the sandbox that fail. */
const SHARE = 0.3;

/** A fault and its weight within the share. Delays are far below the client's limit of 60 s, so that a run ends. */
type Weighted = Omit<Fault, 'match' | 'probability'> & { weight: number };

/** Faults of any call. */
const ANY: readonly Weighted[] = [
	{ kind: 'drop_after_store', weight: 4 },
	{ kind: '500_before', weight: 3 },
	{ kind: '500_after', weight: 3 },
	{ kind: 'slow', delayMs: 1500, weight: 2 },
	{ kind: 'late_store', delayMs: 2500, weight: 2 },
	{ kind: 'html_200', weight: 2 },
	{ kind: 'html_200_after', weight: 2 },
	{ kind: '429', retryAfter: 2, weight: 2 },
	{ kind: '503', weight: 1 },
	{ kind: '503_retry_after', retryAfter: 2, weight: 1 },
	{ kind: 'reset', weight: 3 },
	{ kind: 'partial_answer', weight: 2 }
];

/** Additional faults of a create. */
const CREATE: readonly Weighted[] = [
	{ kind: 'other_id_shape', weight: 2 },
	{ kind: 'no_id', weight: 1 },
	{ kind: 'reference_exists', weight: 1 },
	{ kind: 'reference_exists_no_id', weight: 1 },
	// Rejected: a handler has to send it again.
	{
		kind: 'answer',
		status: 422,
		body: '{"message":"The title is not clear.","errors":{"title":["Not clear."]}}',
		weight: 1
	},
	// Stops the whole connection until an administrator's test call.
	{ kind: 'answer', status: 403, body: '', weight: 0.3 },
	{ kind: 'answer', status: 302, headers: { location: '/masuk' }, body: '', weight: 0.2 }
];

const DETAIL: readonly Weighted[] = [{ kind: 'unknown_status', weight: 3 }];

const OF: Partial<Record<Endpoint, readonly Weighted[]>> = { create: [...ANY, ...CREATE], detail: [...ANY, ...DETAIL] };

/**
 * The fault plan for every endpoint. The sandbox tries the faults one after the other, so the probability of each
 * applies only to calls that no earlier fault has hit.
 */
export function stormPlan(): Fault[] {
	return ENDPOINTS.flatMap((endpoint) => {
		const faults = OF[endpoint] ?? ANY;
		const sum = faults.reduce((total, { weight }) => total + weight, 0);
		let remaining = 1;
		return faults.map(({ weight, ...fault }) => {
			const chance = (SHARE * weight) / sum;
			const probability = chance / remaining;
			remaining -= chance;
			return { ...fault, match: { endpoint }, probability };
		});
	});
}

/** How often each kind of fault occurred, by its name. */
export function servedByKind(faults: readonly (Fault & { fired: number })[]): Map<string, number> {
	const served = new Map<string, number>();
	for (const { kind, status, fired } of faults) {
		const name = kind === 'answer' ? `answer ${status}` : kind;
		served.set(name, (served.get(name) ?? 0) + fired);
	}
	return served;
}
