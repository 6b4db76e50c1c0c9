import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationFiles, escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { recordAttempt, recordCall } from '../call-log.ts';
import { requestPermit, circuitOpenUntil, reportToCircuit, returnPermit } from '../connection/circuit.ts';
import { haltConnection, haltOf, refusedAlone } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { reportSettings } from '../connection/report-settings.ts';
import { withdrawUnsent } from '../followups/followups.ts';
import { deliverFollowups } from '../followups/send.ts';
import { attachmentsValue, fileIdValue, reportPayload, reportProblems } from '../forward/lapor-report.ts';
import { factsOfRow, sourceOfRow } from '../forward/compose.ts';
import { classifyCreate, type CreateOutcome, type Ending, classifyUpload } from '../classify-response.ts';
import {
	BLOCKED,
	changeEscalation,
	hasTypedNumber,
	lockEscalation,
	otherForwardWith,
	type EscalationRow,
	type Locked
} from '../rows.ts';
import { fileToSend, filesOf, type ReportFile, withoutEndlessTries } from '../forward/files.ts';
import type { Reason } from '../reason.ts';
import { storeOutcome } from '../store-outcome.ts';
import { toRejected, toSent, toUnknown, toWaiting } from './after-attempt.ts';

/**
 * The job of one forward: claims the row, sends its report once, records the outcome, and then sends its follow-ups.
 * Each step is committed before the next. It never throws because of an error of LAPOR. After an error of our own, the
 * lease expires and the sweep releases the row.
 */
export async function deliver(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf()) || (await outgoingHeld())) return;
	const claimed = await claimEscalation(escalationId);
	const ending = claimed && (await sendReport(client, claimed));
	if (ending) await endAttempt(claimed.escalation, ending);
	await deliverFollowups(client, escalationId);
}

/** Stores the outcome before anything else, because LAPOR's number is nowhere else. After a first failure the log has it. */
async function endAttempt(claim: Claim, ending: Ending): Promise<void> {
	const { outcome, permit } = ending;
	const logNumber = (cause: unknown) => {
		if (outcome.outcome !== 'accepted') return;
		const { laporId } = outcome;
		log().error({ err: cause, escalation: claim.id, laporId }, 'the number of a report is not stored yet');
	};
	await holdingLease(claim, () => storeOutcome(() => applyOutcome(claim, ending), logNumber));
	if (permit) await reportToCircuit(permit, isWorking(outcome));
}

const notSent = (code: 'own_validation' | 'circuit_open', excerpt?: string): CreateOutcome => ({
	outcome: 'not_sent',
	reason: { code, excerpt: excerpt || undefined }
});

/**
 * Sends a claimed report: checks it, uploads its photos, makes the create. Until `create_started_at` is committed,
 * every step can be repeated. After that, the report may be at LAPOR. Returns undefined if the claim was lost to
 * another worker
 */
export async function sendReport(client: LaporClient, claimed: Locked): Promise<Ending | undefined> {
	const { escalation, unit } = claimed;
	const source = await sourceOfRow(claimed);
	const settings = await reportSettings(unit, factsOfRow(escalation).institutionId ?? undefined);
	const problems = reportProblems(source, settings).map(({ field, problem }) => `${field}: ${problem}`);
	const payload = reportPayload(source, settings);
	// An administrator may have to enter an id in the settings first.
	if (problems.length > 0 || !payload) return { outcome: notSent('own_validation', problems.join(', ')) };

	// Upload no photos if the create must wait.
	const openUntil = await circuitOpenUntil('create');
	if (openUntil) return { outcome: notSent('circuit_open'), until: openUntil };
	const uploaded = await uploadFiles(client, escalation);
	if (uploaded.outcome === 'lost') return undefined;
	if (uploaded.outcome !== 'ready') return uploaded.ending;
	const attachments = attachmentsValue(uploaded.fileIds.map(fileIdValue), settings.attachmentsTrailingDot);

	// Ask the circuit only now: during the uploads, the permission would block other rows.
	const circuit = await requestPermit('create');
	if ('openUntil' in circuit) return { outcome: notSent('circuit_open'), until: circuit.openUntil };
	if (!(await renewLease(escalation, { starting: true, withName: source.reporter !== null }))) {
		await returnPermit(circuit.permit);
		return undefined;
	}
	const startedAt = now();
	const seen = await holdingLease(escalation, () => client.createComplaint({ ...payload, attachments }));
	const outcome = classifyCreate(seen, now(), escalation.reference);
	const call = { startedAt, durationMs: seen.durationMs, httpStatus: seen.status };
	return { outcome, call, permit: circuit.permit };
}

/** Whether the outcome shows that the service works. A rejection shows it too. */
const isWorking = (outcome: CreateOutcome): boolean =>
	outcome.outcome === 'accepted' ||
	outcome.outcome === 'rejected' ||
	(outcome.outcome === 'unknown' && outcome.offer === 'found_only');

/**
 * Records the outcome of an attempt, with its row and timeline entry in one transaction, if the claim's fence is still
 * valid. A late outcome is stored only as an attempt, for the person who decides.
 */
export async function applyOutcome(claim: Claim, ending: Ending): Promise<void> {
	const { call, until } = ending;
	if (ending.outcome.outcome === 'halted') await haltConnection(ending.outcome.reason);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, claim.id);
		const outcome = await withOwnNumber(tx, locked, ending.outcome);
		const inTime = locked.escalation.fence === claim.fence && locked.escalation.state === 'sending';
		if (call)
			await recordAttempt(tx, claim, {
				step: 'create',
				...call,
				outcome: inTime ? outcome.outcome : `late_${outcome.outcome}`,
				reason: 'reason' in outcome ? outcome.reason : undefined,
				laporId: 'laporId' in outcome ? outcome.laporId : undefined
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

/**
 * A number that another case already has is not accepted: the reporter would see that case's news, so a person decides.
 * If a person typed the number there, it is probably wrong there and this report is at LAPOR, so it is not sent again.
 */
async function withOwnNumber(tx: Tx, { escalation }: Locked, outcome: CreateOutcome): Promise<CreateOutcome> {
	if (outcome.outcome !== 'accepted') return outcome;
	const other = await otherForwardWith(tx, outcome.laporId, escalation.caseId);
	if (!other) return outcome;
	const offer = (await hasTypedNumber(tx, other)) ? 'found_only' : 'both';
	return { outcome: 'unknown', offer, reason: { code: 'number_in_use', excerpt: `#${outcome.laporId}` } };
}

type Unfinished =
	/** The photos could not be uploaded: the report is retried, or the connection is halted. */
	| { outcome: 'ended'; ending: Ending }
	/** The lease expired: another worker continues. */
	| { outcome: 'lost' };
type Uploaded = { outcome: 'ready'; fileIds: string[] } | Unfinished;

/**
 * Uploads the missing files of a report, one per call, so that each id is stored at once. A file that LAPOR refuses is
 * not sent, and the report is sent without it.
 */
export async function uploadFiles(client: LaporClient, claim: Claim): Promise<Uploaded> {
	const fileIds: string[] = [];
	for (const [index, file] of (await filesOf(db(), claim.id)).entries()) {
		if (file.leftOut) continue;
		const remoteId = file.remoteId ?? (await uploadOne(client, claim, file, index + 1));
		if (typeof remoteId === 'object') return remoteId;
		if (remoteId) fileIds.push(remoteId);
	}
	return { outcome: 'ready', fileIds };
}

const retryLater = (reason: Reason, more: { retryAfterMs?: number; until?: Date } = {}): Unfinished => ({
	outcome: 'ended',
	ending: { outcome: { outcome: 'not_sent', reason, retryAfterMs: more.retryAfterMs }, until: more.until }
});

/** @returns the file's id at LAPOR; undefined if the file is not sent */
async function uploadOne(
	client: LaporClient,
	claim: Claim,
	file: ReportFile,
	position: number
): Promise<string | undefined | Unfinished> {
	const bytes = await holdingLease(claim, () => fileToSend(file, position));
	if (bytes === 'later') return retryLater({ code: 'photos_not_uploaded' });
	if (!bytes) return void (await update(db(), claim, file, { leftOut: 'file_missing' }));
	const circuit = await requestPermit('upload');
	if ('openUntil' in circuit) return retryLater({ code: 'circuit_open' }, { until: circuit.openUntil });
	if (!(await renewLease(claim))) {
		await returnPermit(circuit.permit);
		return { outcome: 'lost' };
	}
	const startedAt = now();
	const seen = await holdingLease(claim, () => client.uploadFile(bytes));
	// Other codes concern the address of all uploads. Without a halt the site would send every report without its photos,
	// and no administrator would learn of it.
	const classified = await withoutEndlessTries(claim.id, classifyUpload(seen, now()));
	const result = await holdingLease(claim, () => refusedAlone(client, classified, BLOCKED));
	// In one commit, so that the id of every recorded upload is stored.
	const store = () =>
		transaction(async (tx) => {
			await recordCall(tx, claim, { step: 'upload', startedAt, seen }, result);
			if (result.outcome === 'refused')
				await update(tx, claim, file, { leftOut: result.reason.excerpt ?? result.reason.code });
			if (result.outcome === 'uploaded') await update(tx, claim, file, { remoteId: result.remoteId, leftOut: null });
			const [stored] = await tx.select().from(escalationFiles).where(isFile(claim, file));
			return stored?.remoteId ?? undefined;
		});
	const remoteId = await holdingLease(claim, () => storeOutcome(store));
	await reportToCircuit(circuit.permit, result.outcome === 'uploaded' || result.outcome === 'refused');
	if (result.outcome === 'halted') return { outcome: 'ended', ending: { outcome: result } };
	if (result.outcome === 'retry')
		return retryLater({ ...result.reason, code: 'photos_not_uploaded' }, { retryAfterMs: result.retryAfterMs });
	return remoteId;
}

const isFile = (claim: Claim, file: ReportFile) =>
	and(eq(escalationFiles.escalationId, claim.id), eq(escalationFiles.attachmentId, file.id));

/** Changes a file that has no id yet. The first stored id stays, because another worker may already use it. */
async function update(
	on: Database | Tx,
	claim: Claim,
	file: ReportFile,
	set: { remoteId?: string; leftOut: string | null }
): Promise<void> {
	await on
		.update(escalationFiles)
		.set(set)
		.where(and(isFile(claim, file), isNull(escalationFiles.remoteId)));
}

/** A claim: row id and fencing token. */
export type Claim = Pick<EscalationRow, 'id' | 'fence'>;

const leaseEnd = () => fromNow(env().LAPOR_LEASE_SECONDS * 1000);

const isDue = ({ mode, state, nextAttemptAt }: EscalationRow): boolean =>
	mode === 'api' && (state === 'waiting' || state === 'stuck') && nextAttemptAt !== null && nextAttemptAt <= now();

/**
 * Claims a due row: state `sending`, a lease and the next fencing token, committed before any call. Returns undefined
 * if the row is not due, claimed by another worker, in manual mode, or of a case that is archived or about integrity.
 */
export async function claimEscalation(id: string): Promise<Locked | undefined> {
	return transaction(async (tx) => {
		const locked = await lockEscalation(tx, id);
		if (!isDue(locked.escalation) || (await withdrawUnsent(tx, locked))) return undefined;
		const escalation = await changeEscalation(tx, locked.escalation, {
			state: 'sending',
			fence: locked.escalation.fence + 1,
			leaseUntil: leaseEnd(),
			createStartedAt: null
		});
		return { ...locked, escalation };
	});
}

/**
 * Extends the lease of a valid claim. `starting` also commits `create_started_at`. If a worker dies after that, its row
 * becomes unknown instead of waiting. Starting is refused if the case was archived or became about integrity during the
 * uploads, or if the report is sent `withName` and the reporter withdrew the consent. The lease then expires, and the next
 * claim takes the report back or composes it without the name.
 *
 * @returns false if the claim was lost, also if it was lost during this call; then nothing may be sent
 */
export async function renewLease({ id, fence }: Claim, { starting = false, withName = false } = {}): Promise<boolean> {
	const until = leaseEnd();
	const isHeld = and(eq(escalations.state, 'sending'), gt(escalations.leaseUntil, now()));
	const forwardable = db().select({ id: cases.id }).from(cases)
		.where(sql`${cases.category} is distinct from 'integrity' and ${cases.status} <> 'archived'
			and (${cases.consentLapor} or not ${withName})`);
	const maySend = starting ? inArray(escalations.caseId, forwardable) : undefined;
	const renewed = await db()
		.update(escalations)
		.set({ leaseUntil: until, createStartedAt: starting ? now() : undefined })
		.where(and(eq(escalations.id, id), eq(escalations.fence, fence), isHeld, maySend))
		.returning({ id: escalations.id });
	return renewed.length > 0 && until > now();
}

/** Renews the lease while `work` runs, so that a slow call does not look like a dead worker. */
async function holdingLease<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
	const every = Math.max(200, (env().LAPOR_LEASE_SECONDS * 1000) / 3);
	// A failed renewal is ignored here, because the fence is checked when the outcome is recorded.
	const timer = setInterval(() => void renewLease(claim).catch(() => false), every);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}
