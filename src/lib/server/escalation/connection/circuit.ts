import { and, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import { retryAt } from './backoff.ts';

export const ENDPOINTS = ['upload', 'create', 'lookup', 'detail', 'followups', 'followup_add', 'masters'] as const;
export type CircuitEndpoint = (typeof ENDPOINTS)[number];

/** After this many failures in a row, no calls go to the endpoint for a while; then one call probes it. */
const FAILURES_TO_OPEN = 5;

/** Permission for one call. Return it with `noteCall`, or with `returnLeave` if no call was made. */
interface Leave {
	endpoint: CircuitEndpoint;
	probe: boolean;
}

/** Until when the circuit of an endpoint is open; undefined if it is closed or may be probed. Takes no permission. */
export async function circuitOpenUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const openUntil = await openedUntil(endpoint);
	return openUntil && openUntil > now() ? openUntil : undefined;
}

/** When an open circuit may be probed, also if that time has come; undefined if it is closed. */
async function openedUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	return (circuit && circuit.failures >= FAILURES_TO_OPEN && circuit.openUntil) || undefined;
}

/**
 * Asks for permission to call. After the wait of an open circuit, exactly one caller gets it, as the probe. The others get the
 * time until which to wait.
 */
export async function askCircuit(endpoint: CircuitEndpoint): Promise<{ leave: Leave } | { openUntil: Date }> {
	const openUntil = await openedUntil(endpoint);
	if (!openUntil) return { leave: { endpoint, probe: false } };
	if (openUntil > now()) return { openUntil };
	// A probe that does not end within a lease has died, and another one is allowed.
	const heldUntil = new Date(now().getTime() + env().LAPOR_LEASE_SECONDS * 1000);
	const isOpen = and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, FAILURES_TO_OPEN));
	const [probe] = await db()
		.update(laporCircuits)
		.set({ openUntil: heldUntil })
		.where(and(isOpen, lte(laporCircuits.openUntil, now())))
		.returning({ endpoint: laporCircuits.endpoint });
	return probe ? { leave: { endpoint, probe: true } } : { openUntil: heldUntil };
}

/**
 * Reports the outcome of a call to the circuit. `ok`: the service works, even if it refused. Calls that were running when the
 * circuit opened do not extend its wait; only a failed probe does.
 */
export async function noteCall({ endpoint, probe }: Leave, ok: boolean): Promise<void> {
	if (ok) {
		await db()
			.update(laporCircuits)
			.set({ failures: 0, openUntil: null })
			.where(and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, 1)));
		return;
	}
	const counting = {
		target: laporCircuits.endpoint,
		set: { failures: sql`${laporCircuits.failures} + 1` },
		...(probe ? {} : { setWhere: or(lt(laporCircuits.failures, FAILURES_TO_OPEN), isNull(laporCircuits.openUntil)) })
	};
	const [counted] = await db()
		.insert(laporCircuits)
		.values({ endpoint, failures: 1 })
		.onConflictDoUpdate(counting)
		.returning({ failures: laporCircuits.failures });
	if (!counted || counted.failures < FAILURES_TO_OPEN) return;
	await db()
		.update(laporCircuits)
		.set({ openUntil: retryAt(counted.failures - FAILURES_TO_OPEN + 1) })
		.where(eq(laporCircuits.endpoint, endpoint));
}

/** Returns a permission without a call, so that the circuit does not wait for a probe that never happens. */
export async function returnLeave({ endpoint, probe }: Leave): Promise<void> {
	if (!probe) return;
	await db()
		.update(laporCircuits)
		.set({ openUntil: now() })
		.where(and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, FAILURES_TO_OPEN)));
}
