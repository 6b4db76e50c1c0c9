import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { retryWhileDatabaseAway } from '#lib/server/db/retry-while-away.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { log } from '#lib/server/log.ts';
import { recordAttempt } from '../call-log.ts';
import { circuitOpenUntil, throughCircuit } from '../connection/circuit.ts';
import { haltConnection, haltOf } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { reportSettings } from '../connection/report-settings.ts';
import { deliverFollowups } from '../followups/send.ts';
import { attachmentsValue, fileIdValue, reportPayload, reportProblems } from '../forward/lapor-report.ts';
import { factsOfRow, sourceOfRow } from '../forward/compose.ts';
import { classifyCreate, type CreateOutcome, type Ending } from '../classify-response.ts';
import { hasTypedNumber, lockEscalation, otherForwardWith, type Forward } from '../rows.ts';
import { toRejected, toSent, toUnknown, toWaiting } from './after-attempt.ts';
import { claimEscalation, giveBackClaim, holdingLease, startCreate, type Claim } from './lease.ts';
import { uploadFiles } from './upload.ts';

/**
 * The job of one forward: claims the row, sends its report once, records the outcome, and then sends its follow-ups.
 * Each step is committed before the next. It never throws because of an error of LAPOR. After an error of our own, the
 * lease expires and the sweep releases the row.
 */
export async function deliver(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf()) || (await outgoingHeld())) return;
	const claimed = await claimEscalation(escalationId);
	if (claimed) await sendReport(client, claimed);
	await deliverFollowups(client, escalationId);
}

/** Stores the outcome before anything else, because LAPOR's number is nowhere else. After a first failure the log has it. */
async function endAttempt(claim: Claim, ending: Ending): Promise<Ending> {
	const { outcome } = ending;
	const logNumber = (cause: unknown) => {
		if (outcome.kind !== 'accepted') return;
		const { laporId } = outcome;
		log().error({ err: cause, escalation: claim.id, laporId }, 'the number of a report is not stored yet');
	};
	await holdingLease(claim, () => retryWhileDatabaseAway(() => applyOutcome(claim, ending), logNumber));
	return ending;
}

const notSent = (code: 'own_validation' | 'circuit_open', excerpt?: string): CreateOutcome => ({
	kind: 'not_sent',
	reason: { code, excerpt: excerpt || undefined }
});

/**
 * Sends a claimed report: checks it, uploads its photos, makes the create, stores the outcome. Until `create_started_at`
 * is committed, every step can be repeated. After that, the report may be at LAPOR.
 *
 * @returns the stored ending; undefined if the claim was lost or given back
 */
export async function sendReport(client: LaporClient, claimed: Forward): Promise<Ending | undefined> {
	const { escalation, unit } = claimed;
	const end = (ending: Ending) => endAttempt(escalation, ending);
	const source = await sourceOfRow(claimed);
	const settings = await reportSettings(unit, factsOfRow(escalation).institutionId ?? undefined);
	const problems = reportProblems(source, settings).map(({ field, problem }) => `${field}: ${problem}`);
	const payload = reportPayload(source, settings);
	// An administrator may have to enter an id in the settings first.
	if (problems.length > 0 || !payload) return end({ outcome: notSent('own_validation', problems.join(', ')) });

	// Upload no photos if the create must wait.
	const openUntil = await circuitOpenUntil('create');
	if (openUntil) return end({ outcome: notSent('circuit_open'), until: openUntil });
	const uploaded = await uploadFiles(client, claimed);
	if (uploaded.kind === 'lost') {
		await giveBackClaim(escalation);
		return undefined;
	}
	if (uploaded.kind === 'ended') return end(uploaded.ending);
	const attachments = attachmentsValue(uploaded.fileIds.map(fileIdValue), settings.attachmentsTrailingDot);

	// Ask the circuit only now: during the uploads, the permission would block other rows.
	const made = await throughCircuit('create', async () => {
		const started = await startCreate(claimed);
		if (!started) {
			await giveBackClaim(escalation);
			return { works: undefined, result: undefined };
		}
		const startedAt = now();
		const seen = await holdingLease(escalation, () => client.createComplaint({ ...payload, attachments }));
		const outcome = classifyCreate(seen, now(), escalation.reference);
		const call = { startedAt, durationMs: seen.durationMs, httpStatus: seen.status };
		return { works: isWorking(outcome), result: await end({ outcome, call }) };
	});
	return 'openUntil' in made ? end({ outcome: notSent('circuit_open'), until: made.openUntil }) : made.result;
}

/** Whether the outcome shows that the service works. A rejection shows it too. */
const isWorking = (outcome: CreateOutcome): boolean =>
	outcome.kind === 'accepted' ||
	outcome.kind === 'rejected' ||
	(outcome.kind === 'unknown' && outcome.offer === 'found_only');

/**
 * Records the outcome of an attempt, with its row and timeline entry in one transaction, if the claim's fence is still
 * valid. A late outcome is stored only as an attempt, for the person who decides.
 */
export async function applyOutcome(claim: Claim, ending: Ending): Promise<void> {
	const { call, until } = ending;
	if (ending.outcome.kind === 'halted') await haltConnection(ending.outcome.reason);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, claim.id);
		const outcome = await withOwnNumber(tx, locked, ending.outcome);
		const inTime = locked.escalation.fence === claim.fence && locked.escalation.state === 'sending';
		if (call)
			await recordAttempt(tx, claim, {
				step: 'create',
				...call,
				outcome: inTime ? outcome.kind : `late_${outcome.kind}`,
				reason: 'reason' in outcome ? outcome.reason : undefined,
				laporId: 'laporId' in outcome ? outcome.laporId : undefined
			});
		if (!inTime) return;
		switch (outcome.kind) {
			case 'accepted':
				return void (await toSent(tx, locked, outcome.laporId, 'lapor', { counted: true }));
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

/**
 * A number that another case already has is not accepted: the reporter would see that case's news, so a person decides.
 * If a person typed the number there, it is probably wrong there and this report is at LAPOR, so it is not sent again.
 */
async function withOwnNumber(tx: Tx, { escalation }: Forward, outcome: CreateOutcome): Promise<CreateOutcome> {
	if (outcome.kind !== 'accepted') return outcome;
	const other = await otherForwardWith(tx, outcome.laporId, escalation.caseId);
	if (!other) return outcome;
	const offer = (await hasTypedNumber(tx, other)) ? 'found_only' : 'both';
	return { kind: 'unknown', offer, reason: { code: 'number_in_use', excerpt: `#${outcome.laporId}` } };
}
