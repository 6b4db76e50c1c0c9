import { and, asc, desc, eq, inArray, isNotNull, ne, not, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { hiddenFrom } from '#lib/server/cases/visibility.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationAttempts, escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { env } from '#lib/server/env.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isRootAdmin, requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { refusedSecret, type Reason } from '../failure-reason.ts';
import {
	classifyTest,
	CONCERNS_ONE_REPORT,
	refusedLookupStatus,
	type Refused,
	type SendOutcome
} from '../classify-response.ts';
import { connectionSettings, laporClient } from './lapor-client.ts';

/** The row of `lapor_circuits` for the whole connection. */
const CONNECTION = 'connection';

export interface Halt {
	at: Date;
	reason: HaltReason;
}
type HaltReason = Pick<Reason, 'code' | 'status'> & { secret?: ReturnType<typeof refusedSecret> };

/** Leaves out the service's text, because it can repeat the report that was sent, and every office sees the halt. */
function haltReasonOf(reason: Reason): string {
	const { code, status } = reason;
	return JSON.stringify({ code, status, secret: refusedSecret(reason) } satisfies HaltReason);
}

/**
 * Returns the halt of the connection, if it is halted. A response that shows a wrong setup halts it (401, 403, 404, 405, a
 * redirect …). While it is halted, nothing is sent or polled. A successful test call by an administrator ends the halt. A
 * connection without settings is not halted: nothing is called, and no test call could end the halt.
 */
export async function haltOf(): Promise<Halt | undefined> {
	if (!connectionSettings()) return undefined;
	const [row] = await db().select().from(laporCircuits).where(eq(laporCircuits.endpoint, CONNECTION));
	if (!row?.haltedAt) return undefined;
	// Stored by an earlier version it may still have the service's text.
	const stored = JSON.parse(row.haltedReason ?? '{}') as Reason & HaltReason;
	const { code, status, secret = refusedSecret(stored) } = stored;
	return { at: row.haltedAt, reason: { code, status, secret } };
}

/** Halts the connection. A halted connection keeps its reason. Administrators are notified by `staff-notices/site-trouble.ts`. */
export async function haltConnection(reason: Reason): Promise<void> {
	const halt = { haltedAt: now(), haltedReason: haltReasonOf(reason) };
	await db()
		.insert(laporCircuits)
		.values({ endpoint: CONNECTION, ...halt })
		.onConflictDoUpdate({
			target: laporCircuits.endpoint,
			set: halt,
			setWhere: sql`${laporCircuits.haltedAt} is null`
		});
}

/** Makes the test call. `read`: the connection works, so LAPOR's response to another call concerns only that call. */
export const testCall = async (client: LaporClient) => classifyTest(await client.testCall(), now());

/**
 * Changes the outcome of a follow-up or a photo from `halted` to `refused` if only this one is refused: the connection then
 * passes the test call. A halt would end with the administrator's next test call and begin again with the same follow-up.
 *
 * @param codes reasons that may concern only this one
 */
export async function refusedAlone<T extends { kind: string; reason?: Reason }>(
	client: LaporClient,
	classified: T,
	codes: readonly string[] = CONCERNS_ONE_REPORT
): Promise<T | Refused> {
	const { kind, reason } = classified;
	if (kind !== 'halted' || !reason || !codes.includes(reason.code)) return classified;
	return (await testCall(client)).kind === 'read' ? { kind: 'refused', reason } : classified;
}

/**
 * Checks a "not found" for a follow-up: it concerns only the report if the connection passes the test call. Otherwise the
 * address is wrong or the gateway has a fault, and the follow-up waits, because LAPOR did not get it.
 */
export async function goneAlone(client: LaporClient, classified: SendOutcome): Promise<SendOutcome> {
	if (classified.kind !== 'refused' || classified.reason.code !== 'gone') return classified;
	const tested = await testCall(client);
	if (tested.kind === 'read') return classified;
	return tested.kind === 'retry' ? { ...tested, kind: 'not_sent', reason: classified.reason } : tested;
}

const REQUIRED_SETTINGS = ['LAPOR_BASE_URL', 'LAPOR_BEARER', 'LAPOR_TOKEN'] as const;

/**
 * The state of the connection: its settings without secrets, the names of `missing` settings, the halt, and in `open` the
 * endpoints with an open circuit and the time of their probe.
 */
export async function connectionState() {
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
		missing: REQUIRED_SETTINGS.filter((name) => !env()[name]),
		halt: await haltOf(),
		open: open.flatMap(({ until, ...circuit }) => (until ? [{ ...circuit, until }] : []))
	};
}

/**
 * Returns the reports' troubles that show a wrong setup:
 * - `lookupRefused`: the HTTP status with which LAPOR refuses look-ups; null if it does not refuse them
 * - `refused`: references of reports whose create got the answer that halted the connection, if it may concern only them.
 *   LAPOR may have stored a redirected one. They belong to all offices, so that only an administrator of a root unit gets
 *   them, who makes the test call. Those of cases that are hidden from this person are left out.
 */
export async function troublesOfReports(actor: Actor) {
	const code = (await haltOf())?.reason.code;
	const mayConcernOne = code && CONCERNS_ONE_REPORT.includes(code) && (await isRootAdmin(actor));
	return {
		lookupRefused: env().LAPOR_LOOKUP ? await lookupRefusedWith() : null,
		refused: mayConcernOne ? await refusedReports(actor, code) : []
	};
}

async function refusedReports(actor: Actor, code: Reason['code']): Promise<string[]> {
	const { reference, state, reasonCode } = escalations;
	const { escalationId, step, reasonCode: why } = escalationAttempts;
	const isCreate = and(eq(escalationId, escalations.id), eq(step, 'create'), eq(why, code));
	const rows = await db()
		.selectDistinct({ reference })
		.from(escalations)
		.innerJoin(escalationAttempts, isCreate)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(inArray(state, ['waiting', 'stuck']), eq(reasonCode, code), not(hiddenFrom(actor))))
		.orderBy(asc(reference));
	return rows.map((row) => row.reference);
}

/** The HTTP status with which LAPOR refused the latest look-up of a report that is still unknown; null if it did not. */
async function lookupRefusedWith(): Promise<number | null> {
	const { step, escalationId, id, httpStatus, reasonCode } = escalationAttempts;
	const [latest] = await db()
		.select({ httpStatus, reasonCode })
		.from(escalationAttempts)
		.innerJoin(escalations, and(eq(escalations.id, escalationId), eq(escalations.state, 'unknown')))
		.where(eq(step, 'lookup'))
		.orderBy(desc(id))
		.limit(1);
	return refusedLookupStatus(latest);
}

type TestResult = { ok: true; durationMs: number } | { ok: false; reason?: Reason; durationMs?: number };

/**
 * Makes a test call for an administrator: the smallest call that needs both secrets. If it succeeds, the halt and all open
 * circuits end, and waiting rows become due. `ok: false` without a reason: address or secrets are missing.
 *
 * @throws NotAllowed if the actor administers no root unit
 */
export async function testConnection(actor: Actor): Promise<TestResult> {
	await requireRootAdmin(actor);
	const client = laporClient();
	if (!client) return { ok: false };
	const seen = await client.testCall();
	const { durationMs } = seen;
	const read = classifyTest(seen, now());
	if (read.kind === 'read') {
		await transaction(async (tx) => {
			await resumeConnection(tx);
			await recordChange(tx, actor, { action: 'lapor.tested', subject: 'LAPOR', after: { ok: true } });
		});
		return { ok: true, durationMs };
	}
	const { reason } = read;
	await transaction(async (tx) => {
		if (read.kind !== 'retry') await renewHalt(tx, reason);
		const after = { ok: false, code: reason.code };
		await recordChange(tx, actor, { action: 'lapor.tested', subject: 'LAPOR', after });
	});
	return { ok: false, reason, durationMs };
}

/** Updates the reason of the halt, because the test call may have found another problem. */
async function renewHalt(tx: Tx, reason: Reason): Promise<void> {
	await tx
		.update(laporCircuits)
		.set({ haltedReason: haltReasonOf(reason) })
		.where(and(eq(laporCircuits.endpoint, CONNECTION), isNotNull(laporCircuits.haltedAt)));
}

async function resumeConnection(tx: Tx): Promise<void> {
	await tx.update(laporCircuits).set({ failures: 0, openUntil: null, haltedAt: null, haltedReason: null });
	await tx
		.update(escalations)
		.set({ nextAttemptAt: now() })
		.where(and(eq(escalations.mode, 'api'), inArray(escalations.state, ['waiting', 'stuck'])));
	await tx.update(escalationFollowups).set({ nextAttemptAt: now() }).where(eq(escalationFollowups.state, 'waiting'));
}
