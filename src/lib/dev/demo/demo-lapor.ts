import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, asc, desc, eq, gt, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { refreshLaporLists } from '#lib/server/escalation/connection/lapor-lists.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import type { SandboxState } from '#lib/dev/lapor-sandbox/records.ts';
import { forwardingTo, SANDBOX_DEFAULTS } from '#lib/dev/lapor-sandbox/options.ts';
import { startSandbox } from '#lib/dev/lapor-sandbox/server.ts';
import { sandboxControl } from '#lib/dev/testing/forwarding/sandbox-control.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** A fault of the sandbox. */
export type Fault = { kind: string; status?: number; headers?: Record<string, string>; body?: string };

export type DemoLapor = Awaited<ReturnType<typeof openDemoLapor>>;

const stateFile = () => join(env().DATA_DIR, 'lapor-sandbox.json');

/**
 * Stops polls and look-ups of the reports that the sandbox has, before the site uses another LAPOR, which would not know
 * them. People then keep these forwards by hand.
 */
export async function leaveSandboxReports(): Promise<void> {
	const { reports } = JSON.parse(await readFile(stateFile(), 'utf8')) as SandboxState;
	// The content begins with our reference.
	const references = reports.map(({ payload }) => String(payload['content']).split(/\s/, 1)[0] ?? '');
	await db()
		.update(escalations)
		.set({ mode: 'manual', nextAttemptAt: null, nextPollAt: null, nextLookupAt: null })
		.where(and(eq(escalations.mode, 'api'), inArray(escalations.reference, references)));
}

/**
 * LAPOR's part in the stories. Starts a real sandbox and sets this process to forward to it, whatever the settings are;
 * `close` restores the settings. The reports stay in the file of `npm run lapor:sandbox`, so that the demo finds them
 * when it polls.
 */
export async function openDemoLapor() {
	const file = stateFile();
	const sandbox = await startSandbox({ ...SANDBOX_DEFAULTS, port: 0, file });
	const { LAPOR_MODE, LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN, LAPOR_LOOKUP } = env();
	const savedSettings = { LAPOR_MODE, LAPOR_BASE_URL, LAPOR_AUTH_HEADER, LAPOR_BEARER, LAPOR_TOKEN, LAPOR_LOOKUP };
	overrideEnv({
		...forwardingTo(sandbox.url),
		// Unknown forwards stay for a person, as in an installation without look-ups.
		LAPOR_LOOKUP: false
	});
	await refreshLaporLists();
	const forwarded = new Set<number>();

	const { post, faults } = sandboxControl(() => sandbox.url);

	return {
		/** Forwards a case by the API. With a fault, LAPOR fails once in that way. */
		async forward(actor: Actor, reference: string, input: Record<string, unknown>, fault?: Fault) {
			await faults(fault ? [{ ...fault, match: { endpoint: 'create' }, count: 1 }] : []);
			const { id, caseId } = await escalateCase(actor, reference, input);
			forwarded.add(caseId);
			await deliver(id);
		},
		/** Forwards a case in manual mode: the row waits for the number that a person enters. */
		async forwardByHand(actor: Actor, reference: string, input: Record<string, unknown>) {
			overrideEnv({ LAPOR_MODE: 'manual' });
			await escalateCase(actor, reference, input);
			overrideEnv({ LAPOR_MODE: 'api' });
		},
		/** LAPOR changes the status of the case's report, and the office polls it. */
		async setStatus(caseId: number, statusName: string, note: string) {
			const { id, laporId } = await sentRow(caseId);
			await post(`/_reports/${laporId}/status`, { status_name: statusName, note });
			await pollOrLookUp(id);
		},
		/** An institution writes a follow-up, with or without a new status, and the office polls it. */
		async answer(caseId: number, content: string, from: string, statusNew?: string) {
			const { id, laporId } = await sentRow(caseId);
			const move = { content, institution_from: from, status_new: statusNew || undefined };
			await post(`/_reports/${laporId}/followups`, move);
			await pollOrLookUp(id);
		},
		/** Runs a step of the case's story. If the case is at LAPOR, its new messages are sent there. */
		async accompany(caseId: number, act: () => Promise<unknown>) {
			const before = forwarded.has(caseId) ? await lastEntry(caseId) : undefined;
			await act();
			if (before !== undefined) await sendNewFollowups(caseId, before);
		},
		async close() {
			overrideEnv(savedSettings);
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

async function sendNewFollowups(caseId: number, afterSeq: number): Promise<void> {
	const row = await newestRow(caseId);
	if (!row?.laporId) return;
	const entries = await db()
		.select()
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
	if (!row?.laporId) throw new Error('the report of this step was never sent to LAPOR');
	return { id: row.id, laporId: row.laporId };
}
