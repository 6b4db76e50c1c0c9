import { and, asc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations, laporCircuits } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';
import type { Reason } from '#lib/server/escalation/reason.ts';
import { classifyRead } from '#lib/server/escalation/side-outcome.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

/** The row of `lapor_circuits` that stands for the connection as a whole. */
const CONNECTION = 'connection';

export interface Halt {
	at: Date;
	/** Code of `reason.ts` with what the service said. */
	reason: Reason;
}

/**
 * Whether the connection was stopped by an answer that says it is set up wrongly (401, 403, 404, 405, a redirect …).
 * While it is, nothing is sent and nothing polled; an administrator's test call that succeeds ends it.
 */
export async function haltOf(): Promise<Halt | undefined> {
	const [row] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, CONNECTION));
	if (!row?.haltedAt) return undefined;
	return { at: row.haltedAt, reason: JSON.parse(row.haltedReason ?? '{}') as Reason };
}

/** Stops the connection; the first reason stays until it is lifted. */
export async function haltConnection(reason: Reason): Promise<void> {
	const halt = { haltedAt: now(), haltedReason: JSON.stringify(reason) };
	await db()
		.insert(laporCircuits)
		.values({ endpoint: CONNECTION, ...halt })
		.onConflictDoUpdate({
			target: laporCircuits.endpoint,
			set: halt,
			setWhere: sql`${laporCircuits.haltedAt} is null`
		});
}

export interface ConnectionState {
	mode: 'manual' | 'api';
	/** Whether address and secrets are there. */
	configured: boolean;
	halt: Halt | undefined;
	/** Endpoints left alone for a while after failures in a row, with when they are probed. */
	open: { endpoint: string; failures: number; until: Date }[];
}

/** The connection's health, for the pages that show it. */
export async function connectionState(): Promise<ConnectionState> {
	const open = await db()
		.select({ endpoint: laporCircuits.endpoint, failures: laporCircuits.failures, until: laporCircuits.openUntil })
		.from(laporCircuits)
		.where(and(ne(laporCircuits.endpoint, CONNECTION), isNotNull(laporCircuits.openUntil)))
		.orderBy(asc(laporCircuits.endpoint));
	return {
		mode: env().LAPOR_MODE,
		configured: laporClient() !== undefined,
		halt: await haltOf(),
		open: open.flatMap(({ until, ...circuit }) => (until ? [{ ...circuit, until }] : []))
	};
}

export type TestResult = { ok: true; durationMs: number } | { ok: false; reason?: Reason; durationMs?: number };

/**
 * An administrator's test call: the smallest that needs both secrets. Where it succeeds, a halt and every open circuit
 * end and what waited is due at once. `ok: false` without a reason: address or secrets are missing.
 *
 * @throws NotAllowed where the actor administers no root unit
 */
export async function testConnection(actor: Actor): Promise<TestResult> {
	await requireRootAdmin(db(), actor);
	const client = laporClient();
	if (!client) return { ok: false };
	const seen = await client.testCall();
	const outcome = classifyRead(seen, now());
	const { durationMs } = seen;
	const result: TestResult =
		outcome.outcome === 'read' ? { ok: true, durationMs } : { ok: false, reason: outcome.reason, durationMs };
	await transaction(async (tx) => {
		if (result.ok) await resumeConnection(tx);
		const after = result.ok ? { ok: true } : { ok: false, code: result.reason?.code };
		await recordChange(tx, actor, { action: 'lapor.tested', subject: 'LAPOR', after });
	});
	return result;
}

async function resumeConnection(tx: Tx): Promise<void> {
	await tx.update(laporCircuits).set({ failures: 0, openUntil: null, haltedAt: null, haltedReason: null });
	await tx
		.update(escalations)
		.set({ nextAttemptAt: now(), queuedAt: null })
		.where(and(eq(escalations.mode, 'api'), inArray(escalations.state, ['waiting', 'stuck'])));
}
