import { and, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { fromNow, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import { retryAt } from './backoff.ts';

export const ENDPOINTS = ['upload', 'create', 'lookup', 'detail', 'followups', 'followup_add', 'masters'] as const;
export type CircuitEndpoint = (typeof ENDPOINTS)[number];

/** After this many failures in a row the circuit opens: no calls go to the endpoint for a while, then one call probes it. */
const FAILURES_TO_OPEN = 5;

/** Permission for one call. */
interface Permit {
	endpoint: CircuitEndpoint;
	probe: boolean;
}

/** `works`: whether the service works, even if it refused the call; undefined if no call was made. */
export interface CallResult<T> {
	works: boolean | undefined;
	result: T;
}

/**
 * Makes one call if the endpoint's circuit allows it, and then reports to the circuit whether the service works. `call`
 * stores what the call brought, so that nothing is lost if the report fails. If `call` throws, the circuit learns
 * nothing, and another probe is allowed after a lease.
 *
 * @returns `openUntil`, and no call was made, if the circuit is open
 */
export async function throughCircuit<T>(
	endpoint: CircuitEndpoint,
	call: () => Promise<CallResult<T>>
): Promise<{ result: T } | { openUntil: Date }> {
	const circuit = await requestPermit(endpoint);
	if ('openUntil' in circuit) return circuit;
	const { works, result } = await call();
	await (works === undefined ? returnPermit(circuit.permit) : reportToCircuit(circuit.permit, works));
	return { result };
}

/** The end of the endpoint's open circuit; undefined if the circuit is closed or may be probed. Takes no permission. */
export async function circuitOpenUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const openUntil = await openedUntil(endpoint);
	return openUntil && openUntil > now() ? openUntil : undefined;
}

/** The time at which an open circuit may be probed, which may be in the past; undefined if the circuit is closed. */
async function openedUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	return (circuit && circuit.failures >= FAILURES_TO_OPEN && circuit.openUntil) || undefined;
}

/**
 * Requests permission for a call. After the wait of an open circuit, exactly one caller gets it, as the probe. The others
 * get the time until which they must wait.
 */
async function requestPermit(endpoint: CircuitEndpoint): Promise<{ permit: Permit } | { openUntil: Date }> {
	const openUntil = await openedUntil(endpoint);
	if (!openUntil) return { permit: { endpoint, probe: false } };
	if (openUntil > now()) return { openUntil };
	// If a probe does not end within a lease, its worker is dead and another probe is allowed.
	const heldUntil = fromNow(env().LAPOR_LEASE_SECONDS * 1000);
	const isOpen = and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, FAILURES_TO_OPEN));
	const [probe] = await db()
		.update(laporCircuits)
		.set({ openUntil: heldUntil })
		.where(and(isOpen, lte(laporCircuits.openUntil, now())))
		.returning({ endpoint: laporCircuits.endpoint });
	return probe ? { permit: { endpoint, probe: true } } : { openUntil: heldUntil };
}

/**
 * Reports the outcome of a call to the circuit. Only a failed probe extends the wait of an open circuit; calls that were
 * running when it opened do not.
 */
async function reportToCircuit({ endpoint, probe }: Permit, works: boolean): Promise<void> {
	if (works) {
		await db()
			.update(laporCircuits)
			.set({ failures: 0, openUntil: null })
			.where(and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, 1)));
		return;
	}
	const onConflict = {
		target: laporCircuits.endpoint,
		set: { failures: sql`${laporCircuits.failures} + 1` },
		setWhere: probe ? undefined : or(lt(laporCircuits.failures, FAILURES_TO_OPEN), isNull(laporCircuits.openUntil))
	};
	const [counted] = await db()
		.insert(laporCircuits)
		.values({ endpoint, failures: 1 })
		.onConflictDoUpdate(onConflict)
		.returning({ failures: laporCircuits.failures });
	if (!counted || counted.failures < FAILURES_TO_OPEN) return;
	await db()
		.update(laporCircuits)
		.set({ openUntil: retryAt(counted.failures - FAILURES_TO_OPEN + 1) })
		.where(eq(laporCircuits.endpoint, endpoint));
}

/** Returns an unused permission, so that the circuit does not wait for a probe that never happens. */
async function returnPermit({ endpoint, probe }: Permit): Promise<void> {
	if (!probe) return;
	await db()
		.update(laporCircuits)
		.set({ openUntil: now() })
		.where(and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, FAILURES_TO_OPEN)));
}
