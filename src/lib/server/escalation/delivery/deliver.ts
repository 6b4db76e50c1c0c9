import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { recordAttempt } from '../attempts.ts';
import { askCircuit, circuitOpenUntil, noteCall, returnLeave } from '../connection/circuit.ts';
import { haltConnection, haltOf } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { reportSettings } from '../connection/lapor-ids.ts';
import { deliverFollowups } from '../followups/send.ts';
import { attachmentsValue, reportPayload } from '../forward/lapor-report.ts';
import { reportProblems } from '../forward/report-problems.ts';
import { factsOfRow, sourceOfRow } from '../forward/report-source.ts';
import { classifyCreate, type CreateOutcome, type Ending } from '../outcome.ts';
import { lockEscalation, type Locked } from '../rows.ts';
import { claimEscalation, holdingLease, renewLease, type Claim } from './claim.ts';
import { toRejected, toSent, toUnknown, toWaiting } from './states.ts';
import { uploadFiles } from './upload.ts';

/**
 * The job of one forward: claims the row, sends its report once, records the outcome, and then sends its follow-ups. Each step
 * is committed before the next. Never throws for a fault of LAPOR. After a fault of ours, the lease expires and the sweep
 * releases the row.
 */
export async function deliver(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf()) || (await outgoingHeld())) return;
	const claimed = await claimEscalation(escalationId);
	const ending = claimed && (await sendReport(client, claimed));
	if (ending) await applyOutcome(claimed.escalation, ending);
	await deliverFollowups(client, escalationId);
}

const notSent = (code: 'own_validation' | 'circuit_open', excerpt?: string): CreateOutcome => ({
	outcome: 'not_sent',
	reason: { code, ...(excerpt ? { excerpt } : {}) }
});

/**
 * Sends a claimed report: checks it, uploads its photos, makes the create. Everything before `create_started_at` is committed
 * can be repeated; after it, the report may be at LAPOR. Undefined: the claim was lost to another worker.
 */
export async function sendReport(client: LaporClient, claimed: Locked): Promise<Ending | undefined> {
	const { escalation, unit } = claimed;
	const source = await sourceOfRow(claimed);
	const settings = await reportSettings(db(), unit, factsOfRow(escalation).institutionId ?? undefined);
	const problems = reportProblems(source, settings).map(({ field, problem }) => `${field}: ${problem}`);
	const payload = reportPayload(source, settings);
	// An administrator may have to enter an id first.
	if (problems.length > 0 || !payload) return { outcome: notSent('own_validation', problems.join(', ')) };

	// Do not upload photos for a create that must wait.
	const openUntil = await circuitOpenUntil('create');
	if (openUntil) return { outcome: notSent('circuit_open'), until: openUntil };
	const uploaded = await uploadFiles(client, escalation);
	if (uploaded.outcome === 'lost') return undefined;
	if (uploaded.outcome !== 'ready') return uploaded.ending;
	const attachments = attachmentsValue(uploaded.fileIds, settings.attachmentsTrailingDot);

	// Ask for the permission only now: during the uploads it would block other probes.
	const asked = await askCircuit('create');
	if ('openUntil' in asked) return { outcome: notSent('circuit_open'), until: asked.openUntil };
	if (!(await renewLease(escalation, { starting: true }))) {
		await returnLeave(asked.leave);
		return undefined;
	}
	const startedAt = now();
	const seen = await holdingLease(escalation, () => client.createComplaint({ ...payload, attachments }));
	const outcome = classifyCreate(seen, now());
	await noteCall(asked.leave, isAtWork(outcome));
	return { outcome, call: { startedAt, durationMs: seen.durationMs, httpStatus: seen.status } };
}

/** Whether the service works; a refusal counts as working. */
const isAtWork = (outcome: CreateOutcome): boolean =>
	outcome.outcome === 'accepted' ||
	outcome.outcome === 'rejected' ||
	(outcome.outcome === 'unknown' && outcome.reason.code === 'reference_exists');

/**
 * Records the outcome of an attempt in one transaction with attempt and timeline, if the claim's fence is still valid. A late
 * outcome is stored with the attempts only, for the person who decides.
 */
export async function applyOutcome(claim: Claim, { outcome, call, until }: Ending): Promise<void> {
	if (outcome.outcome === 'halted') await haltConnection(outcome.reason);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, claim.id);
		const inTime = locked.escalation.fence === claim.fence && locked.escalation.state === 'sending';
		if (call)
			await recordAttempt(tx, claim, {
				step: 'create',
				...call,
				outcome: inTime ? outcome.outcome : `late_${outcome.outcome}`,
				reason: 'reason' in outcome ? outcome.reason : undefined,
				laporId: outcome.outcome === 'accepted' ? outcome.laporId : undefined
			});
		if (!inTime) return;
		switch (outcome.outcome) {
			case 'accepted':
				return void (await toSent(tx, locked, outcome.laporId, 'lapor'));
			case 'rejected':
				return toRejected(tx, locked, outcome.reason);
			case 'unknown':
				return toUnknown(tx, locked, outcome.reason, outcome.offer === 'both');
			case 'not_sent':
				return toWaiting(tx, locked, outcome.reason, { retryAfterMs: outcome.retryAfterMs, until });
			case 'halted':
				return toWaiting(tx, locked, outcome.reason);
		}
	});
}
