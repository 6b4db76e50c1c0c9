import { and, eq, gte, lt, lte, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { laporCircuits } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { nextWaitMs } from '#lib/server/escalation/backoff.ts';

export type CircuitEndpoint = 'upload' | 'create' | 'lookup' | 'detail' | 'followups' | 'followup_add' | 'masters';

/** After so many failures in a row an endpoint is left alone for a while, then probed with one call. */
const FAILURES_TO_OPEN = 5;

/** How long a probe may be under way before another one is let through: a call with all its limits. */
const PROBE_MS = 90_000;

/** The leave to make one call; `noteCall` gives it back. */
export interface Leave {
	endpoint: CircuitEndpoint;
	probe: boolean;
}

/**
 * Whether a call may go out now. Once the wait of an open circuit is over exactly one caller gets leave, as its probe;
 * the others are told until when to wait for what becomes of it.
 */
export async function askCircuit(endpoint: CircuitEndpoint): Promise<{ leave: Leave } | { openUntil: Date }> {
	const [circuit] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, endpoint));
	if (!circuit?.openUntil || circuit.failures < FAILURES_TO_OPEN) return { leave: { endpoint, probe: false } };
	if (circuit.openUntil > now()) return { openUntil: circuit.openUntil };
	const heldUntil = new Date(now().getTime() + PROBE_MS);
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
		...(probe ? {} : { setWhere: lt(laporCircuits.failures, FAILURES_TO_OPEN) })
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
