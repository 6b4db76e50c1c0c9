import { and, eq, gte, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import { nextWaitMs } from '#lib/server/escalation/backoff.ts';

export type CircuitEndpoint = 'upload' | 'create' | 'lookup' | 'detail' | 'followups' | 'followup_add' | 'masters';

/** After this many failures in a row, no calls go to the endpoint for a while; then one call probes it. */
const FAILURES_TO_OPEN = 5;

/** How long a probe may be under way before another one is let through: as long as its holder keeps the row. */
const probeMs = () => env().LAPOR_LEASE_SECONDS * 1000;

/** The leave to make one call; `noteCall` gives it back, `returnLeave` where no call was made after all. */
export interface Leave {
	endpoint: CircuitEndpoint;
	probe: boolean;
}

/** Until when an endpoint is left alone; undefined: it isn't, or its wait is over. Asks for nothing. */
export async function circuitOpenUntil(endpoint: CircuitEndpoint): Promise<Date | undefined> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	const open = circuit?.openUntil && circuit.failures >= FAILURES_TO_OPEN && circuit.openUntil > now();
	return open ? (circuit.openUntil ?? undefined) : undefined;
}

/**
 * Whether a call may go out now. Once the wait of an open circuit is over exactly one caller gets leave, as its probe;
 * the others are told until when to wait for what becomes of it.
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
 * Tells the circuit how a call ended. `ok`: the service answered as one that works, be it with a refusal. Calls that were
 * under way when the circuit opened don't open it wider; only a failed probe does.
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

/** Gives back leave that led to no call, so that a probe doesn't wait for one that never comes. */
export async function returnLeave({ endpoint, probe }: Leave): Promise<void> {
	if (!probe) return;
	await db()
		.update(laporCircuits)
		.set({ openUntil: now() })
		.where(and(eq(laporCircuits.endpoint, endpoint), gte(laporCircuits.failures, FAILURES_TO_OPEN)));
}
