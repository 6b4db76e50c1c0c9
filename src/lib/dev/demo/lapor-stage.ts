import { join } from 'node:path';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { refreshMasters } from '#lib/server/escalation/connection/masters.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { forwardingTo, SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { startSandbox } from '#lib/dev/lapor-sandbox/server.ts';
import { sandboxControl } from '#lib/dev/testing/sandbox-control.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** What goes wrong on the way, in the sandbox's own words. */
export type Fault = { kind: string; status?: number; headers?: Record<string, string>; body?: string };

export type LaporStage = Awaited<ReturnType<typeof openLaporStage>>;

/**
 * LAPOR's part in the stories: starts a real sandbox and lets this process forward to it, whatever the installation itself is
 * set to; `close` puts the settings back. The reports it takes stay in the file of `npm run lapor:sandbox`, so that the demo
 * finds them where it polls.
 */
export async function openLaporStage() {
	const file = join(env().DATA_DIR, 'lapor-sandbox.json');
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, port: 0, file });
	const { LAPOR_MODE, LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN, LAPOR_LOOKUP } = env();
	const before = { LAPOR_MODE, LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN, LAPOR_LOOKUP };
	overrideEnv({
		...forwardingTo(sandbox.url),
		// What is unknown is left for a person, as it is where LAPOR can't be searched.
		LAPOR_LOOKUP: false
	});
	await refreshMasters();
	const forwarded = new Set<number>();

	const { post, faults } = sandboxControl(() => sandbox.url);

	return {
		/** Forwards by the API; with a fault, LAPOR fails in that way once. */
		async forward(actor: Actor, reference: string, input: Record<string, unknown>, fault?: Fault) {
			await faults(fault ? [{ ...fault, match: { endpoint: 'create' }, count: 1 }] : []);
			const { id, caseId } = await escalateCase(actor, reference, input);
			forwarded.add(caseId);
			await deliver(id);
		},
		/** Forwards where the office has no API: the row waits for the number that a person enters. */
		async forwardByHand(actor: Actor, reference: string, input: Record<string, unknown>) {
			overrideEnv({ LAPOR_MODE: 'manual' });
			await escalateCase(actor, reference, input);
			overrideEnv({ LAPOR_MODE: 'api' });
		},
		/** LAPOR changes the status of the report of this case, and the office receives it. */
		async moves(caseId: number, statusName: string, note: string) {
			const { id, laporId } = await sentRow(caseId);
			await post(`/_reports/${laporId}/status`, { status_name: statusName, note });
			await receive(id);
		},
		/** An institution writes a follow-up, with or without a new status, and the office receives it. */
		async says(caseId: number, content: string, from: string, statusNew?: string) {
			const { id, laporId } = await sentRow(caseId);
			const move = { content, institution_from: from, ...(statusNew ? { status_new: statusNew } : {}) };
			await post(`/_reports/${laporId}/followups`, move);
			await receive(id);
		},
		/** Runs a step of the case's story; where the case is at LAPOR, what is said in it follows there. */
		async accompany(caseId: number, act: () => Promise<unknown>) {
			const before = forwarded.has(caseId) ? await lastEntry(caseId) : undefined;
			await act();
			if (before !== undefined) await sendWhatFollowed(caseId, before);
		},
		async close() {
			overrideEnv(before);
			await sandbox.close();
		}
	};
}

async function lastEntry(caseId: number): Promise<number> {
	const [entry] = await db()
		.select({ seq: timeline.seq })
		.from(timeline)
		.where(eq(timeline.caseId, caseId))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return entry?.seq ?? 0;
}

async function sendWhatFollowed(caseId: number, afterSeq: number): Promise<void> {
	const row = await newestRow(caseId);
	if (!row?.laporId) return;
	const entries = await db()
		.select({ caseId: timeline.caseId, seq: timeline.seq })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), gt(timeline.seq, afterSeq)))
		.orderBy(asc(timeline.seq));
	await followCaseEvents(entries);
	await deliver(row.id);
}

async function newestRow(caseId: number) {
	const [row] = await db()
		.select({ id: escalations.id, laporId: escalations.laporId })
		.from(escalations)
		.where(eq(escalations.caseId, caseId))
		.orderBy(desc(escalations.nn))
		.limit(1);
	return row;
}

async function sentRow(caseId: number): Promise<{ id: string; laporId: string }> {
	const row = await newestRow(caseId);
	if (!row?.laporId) throw new Error('a report moves at LAPOR that never came there');
	return { id: row.id, laporId: row.laporId };
}
