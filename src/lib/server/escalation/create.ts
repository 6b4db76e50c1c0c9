import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { CreatePayload } from '#lib/server/integrations/lapor/types.ts';
import { askCircuit, noteCall } from '#lib/server/escalation/circuit.ts';
import { holdingLease, renewLease } from '#lib/server/escalation/claim.ts';
import { reportSettings } from '#lib/server/escalation/lapor-ids.ts';
import { reportPayload } from '#lib/server/escalation/lapor-report.ts';
import { classifyCreate, type CreateOutcome } from '#lib/server/escalation/outcome.ts';
import { factsOfRow, sourceOfRow } from '#lib/server/escalation/report-source.ts';
import { reportProblems } from '#lib/server/escalation/report-problems.ts';
import type { Locked } from '#lib/server/escalation/rows.ts';
import { uploadFiles } from '#lib/server/escalation/upload.ts';

/** How a try to send a report ended. `call`: the create itself was made; else nothing of the report has left. */
export interface Ending {
	outcome: CreateOutcome;
	/** An open circuit: tried again then, and not counted as a try. */
	until?: Date;
	call?: { startedAt: Date; durationMs: number; httpStatus: number | undefined };
}

const notSent = (code: 'own_validation' | 'circuit_open', excerpt?: string): CreateOutcome => ({
	outcome: 'not_sent',
	reason: { code, ...(excerpt ? { excerpt } : {}) }
});

/**
 * Sends a claimed report: photos first, then the create. Everything until `create_started_at` is committed can be done
 * again; from there on the report may be at LAPOR. Undefined: the claim was lost, somebody else goes on.
 */
export async function sendReport(client: LaporClient, claimed: Locked): Promise<Ending | undefined> {
	const claim = claimed.escalation;
	const incomplete = await checkReport(claimed);
	if (incomplete) return { outcome: incomplete };
	const asked = await askCircuit('create');
	if ('openUntil' in asked) return { outcome: notSent('circuit_open'), until: asked.openUntil };
	const uploaded = await uploadFiles(client, claim);
	if (uploaded.outcome === 'lost') return undefined;
	if (uploaded.outcome === 'halted') return { outcome: uploaded };
	if (uploaded.outcome === 'retry') {
		const { until, reason, retryAfterMs } = uploaded;
		const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
		return { outcome: { outcome: 'not_sent', reason, ...wait }, ...(until ? { until } : {}) };
	}
	const payload = await payloadOf(claimed, uploaded.fileIds);
	if (!payload) return { outcome: notSent('own_validation') };
	if (!(await renewLease(claim, { starting: true }))) return undefined;
	const startedAt = now();
	const seen = await holdingLease(claim, () => client.createComplaint(payload));
	const outcome = classifyCreate(seen, now());
	await noteCall(asked.leave, outcome.outcome === 'accepted' || outcome.outcome === 'rejected');
	return { outcome, call: { startedAt, durationMs: seen.durationMs, httpStatus: seen.status } };
}

const settingsFor = ({ escalation, unit }: Locked) =>
	reportSettings(db(), unit, factsOfRow(escalation).institutionId ?? undefined);

/** Our own look before anything is called: an administrator may still have to enter an id. */
async function checkReport(claimed: Locked): Promise<CreateOutcome | undefined> {
	const problems = reportProblems(await sourceOfRow(claimed), await settingsFor(claimed));
	if (problems.length === 0) return undefined;
	return notSent('own_validation', problems.map(({ field, problem }) => `${field}: ${problem}`).join(', '));
}

async function payloadOf(claimed: Locked, fileIds: readonly string[]): Promise<CreatePayload | undefined> {
	return reportPayload(await sourceOfRow(claimed, fileIds), await settingsFor(claimed));
}
