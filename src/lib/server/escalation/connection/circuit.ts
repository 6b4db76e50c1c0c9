import { and, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import { nextWaitMs } from './backoff.ts';

export type CircuitEndpoint = 'upload' | 'create' | 'lookup' | 'detail' | 'followups' | 'followup_add' | 'masters';

/** After this many failures in a row, no calls go to the endpoint for a while; then one call probes it. */
const FAILURES_TO_OPEN = 5;

/** How long a probe may take before another one is allowed: the length of a lease. */
const probeMs = () => env().LAPOR_LEASE_SECONDS * 1000;

/** Permission for one call. Return it with `noteCall`, or with `returnLeave` if no call was made. */
export interface Leave {
	endpoint: CircuitEndpoint;
	probe: boolean;
}

/** Until when the circuit of an endpoint is open; undefined if it is closed or may be probed. Takes no permission. */
export async function circuitOpenUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	const open = circuit?.openUntil && circuit.failures >= FAILURES_TO_OPEN && circuit.openUntil > now();
	return open ? (circuit.openUntil ?? undefined) : undefined;
}

/**
 * Asks for permission to call. After the wait of an open circuit, exactly one caller gets it, as the probe. The others get the
 * time until which to wait.
 */
export async function askCircuit(endpoint: CircuitEndpoint): Promise<{ leave: Leave } | { openUntil: Date }> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	if (!circuit?.openUntil || circuit.failures < FAILURES_TO_OPEN) return { leave: { endpoint, probe: false } };
	if (circuit.openUntil > now()) return { openUntil: circuit.openUntil };
	const heldUntil = new Date(now().getTime() + probeMs());
	const [probe] = await db()
		.update(laporCircuits)
		.set({ openUntil: heldUntil })
		.where(
			and(
				eq(laporCircuits.endpoint, endpoint),
				gte(laporCircuits.failures, FAILURES_TO_OPEN),
				lte(laporCircuits.openUntil, now())
			)
		)
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
	const wait = nextWaitMs(counted.failures - FAILURES_TO_OPEN + 1, env().LAPOR_RETRY_SECONDS, Math.random);
	await db()
		.update(laporCircuits)
		.set({ openUntil: new Date(now().getTime() + wait) })
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
