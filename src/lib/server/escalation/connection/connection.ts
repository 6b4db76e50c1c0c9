import { and, asc, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import { writeHaltLetters } from './halt-letter.ts';
import { laporClient } from './lapor-client.ts';
import type { Reason } from '../reason.ts';
import { classifyRead } from '../side-outcome.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';

/** The row of `lapor_circuits` for the whole connection. */
const CONNECTION = 'connection';

export interface Halt {
	at: Date;
	/** Code of `reason.ts` with the service's words. */
	reason: Reason;
}

/**
 * Reads whether the connection is halted by an answer that shows a wrong setup (401, 403, 404, 405, a redirect …). While
 * halted, nothing is sent or polled. A successful test call by an administrator ends the halt.
 */
export async function haltOf(): Promise<Halt | undefined> {
	const [row] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, CONNECTION));
	if (!row?.haltedAt) return undefined;
	return { at: row.haltedAt, reason: JSON.parse(row.haltedReason ?? '{}') as Reason };
}

/** Halts the connection; the first reason stays until it is lifted. The same commit writes e-mails to people who can lift it. */
export async function haltConnection(reason: Reason): Promise<void> {
	const at = now();
	const halt = { haltedAt: at, haltedReason: JSON.stringify(reason) };
	await transaction(async (tx) => {
		const [halted] = await tx
			.insert(laporCircuits)
			.values({ endpoint: CONNECTION, ...halt })
			.onConflictDoUpdate({
				target: laporCircuits.endpoint,
				set: halt,
				setWhere: sql`${laporCircuits.haltedAt} is null`
			})
			.returning({ endpoint: laporCircuits.endpoint });
		if (halted) await writeHaltLetters(tx, { at, code: reason.code });
	});
}

/** Server settings that the connection needs. */
const NEEDED = ['LAPOR_BASE_URL', 'LAPOR_BEARER', 'LAPOR_TOKEN'] as const;

export interface ConnectionState {
	mode: 'manual' | 'api';
	/** Host of the address, without path and secrets. */
	host: string | null;
	authHeader: 'Authorization' | 'auth';
	/** Whether LAPOR can search by our reference. */
	lookup: boolean;
	/** Names of missing settings. */
	missing: (typeof NEEDED)[number][];
	halt: Halt | undefined;
	/** Endpoints with an open circuit, and when they are probed. */
	open: { endpoint: string; failures: number; until: Date }[];
}

/** The connection's health, for the pages that show it. */
export async function connectionState(): Promise<ConnectionState> {
	const open = await db()
		.select({ endpoint: laporCircuits.endpoint, failures: laporCircuits.failures, until: laporCircuits.openUntil })
		.from(laporCircuits)
		.where(and(ne(laporCircuits.endpoint, CONNECTION), isNotNull(laporCircuits.openUntil)))
		.orderBy(asc(laporCircuits.endpoint));
	const { LAPOR_MODE, LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_LOOKUP } = env();
	return {
		mode: LAPOR_MODE,
		host: LAPOR_BASE_URL ? new URL(LAPOR_BASE_URL).host : null,
		authHeader: LAPOR_AUTH_HEADER,
		lookup: LAPOR_LOOKUP,
		missing: NEEDED.filter((name) => !env()[name]),
		halt: await haltOf(),
		open: open.flatMap(({ until, ...circuit }) => (until ? [{ ...circuit, until }] : []))
	};
}

export type TestResult = { ok: true; durationMs: number } | { ok: false; reason?: Reason; durationMs?: number };

/**
 * Makes an administrator's test call, the smallest that needs both secrets. If it succeeds, a halt and all open circuits end,
 * and waiting rows become due. `ok: false` without a reason: address or secrets are missing.
 *
 * @throws NotAllowed if the actor administers no root unit
 */
export async function testConnection(actor: Actor): Promise<TestResult> {
	await requireRootAdmin(db(), actor);
	const client = laporClient();
	if (!client) return { ok: false };
	const seen = await client.testCall();
	const read = classifyRead(seen, now());
	// A missing list and a missing service give the same answer.
	const outcome = read.outcome === 'gone' ? stopped({ ...read.reason, code: 'wrong_address' }) : read;
	const { durationMs } = seen;
	const result: TestResult =
		outcome.outcome === 'read' ? { ok: true, durationMs } : { ok: false, reason: outcome.reason, durationMs };
	await transaction(async (tx) => {
		if (result.ok) await resumeConnection(tx);
		else if (outcome.outcome === 'halted') await renewHalt(tx, outcome.reason);
		const after = result.ok ? { ok: true } : { ok: false, code: result.reason?.code };
		await recordChange(tx, actor, { action: 'lapor.tested', subject: 'LAPOR', after });
	});
	return result;
}

const stopped = (reason: Reason) => ({ outcome: 'halted', reason }) as const;

/** Updates the reason of the halt: the first problem may be fixed and another one found. */
async function renewHalt(tx: Tx, reason: Reason): Promise<void> {
	await tx
		.update(laporCircuits)
		.set({ haltedReason: JSON.stringify(reason) })
		.where(and(eq(laporCircuits.endpoint, CONNECTION), isNotNull(laporCircuits.haltedAt)));
}

async function resumeConnection(tx: Tx): Promise<void> {
	await tx.update(laporCircuits).set({ failures: 0, openUntil: null, haltedAt: null, haltedReason: null });
	await tx
		.update(escalations)
		.set({ nextAttemptAt: now(), queuedAt: null })
		.where(and(eq(escalations.mode, 'api'), inArray(escalations.state, ['waiting', 'stuck'])));
	await tx.update(escalationFollowups).set({ nextAttemptAt: now() }).where(eq(escalationFollowups.state, 'waiting'));
}
