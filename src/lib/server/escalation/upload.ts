import { and, eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { recordAttempt } from '#lib/server/escalation/attempts.ts';
import { askCircuit, noteCall } from '#lib/server/escalation/circuit.ts';
import { holdingLease, renewLease, type Claim } from '#lib/server/escalation/claim.ts';
import { fileToSend, filesOf, type ReportFile } from '#lib/server/escalation/files.ts';
import type { Reason } from '#lib/server/escalation/reason.ts';
import { classifyUpload } from '#lib/server/escalation/side-outcome.ts';

export type Uploaded =
	| { outcome: 'ready'; fileIds: string[] }
	/** The report waits for its photos and is tried again. */
	| { outcome: 'retry'; reason: Reason; retryAfterMs?: number; until?: Date }
	| { outcome: 'halted'; reason: Reason }
	/** The lease ran out: another worker goes on. */
	| { outcome: 'lost' };

/**
 * Uploads what a report carries and is not there yet, one file a call, so that each one's id is known and kept at once.
 * A file that LAPOR refuses stays behind and holds nothing up.
 */
export async function uploadFiles(client: LaporClient, claim: Claim): Promise<Uploaded> {
	const files = await filesOf(db(), claim.id);
	const fileIds: string[] = [];
	for (const [index, file] of files.entries()) {
		if (file.leftOut) continue;
		const result = file.remoteId
			? { outcome: 'ready' as const, remoteId: file.remoteId }
			: await uploadOne(client, claim, file, index + 1);
		if (result.outcome !== 'ready') return result;
		if (result.remoteId) fileIds.push(result.remoteId);
	}
	return { outcome: 'ready', fileIds };
}

type One = Exclude<Uploaded, { outcome: 'ready' }> | { outcome: 'ready'; remoteId: string | undefined };

async function uploadOne(client: LaporClient, claim: Claim, file: ReportFile, position: number): Promise<One> {
	const bytes = await fileToSend(file, position);
	if (!bytes) return leaveOut(claim, file, 'file_missing');
	const asked = await askCircuit('upload');
	if ('openUntil' in asked) return { outcome: 'retry', reason: { code: 'circuit_open' }, until: asked.openUntil };
	if (!(await renewLease(claim))) return { outcome: 'lost' };
	const startedAt = now();
	const seen = await holdingLease(claim, () => client.uploadFiles([bytes]));
	const result = classifyUpload(seen, 1, now());
	await noteCall(asked.leave, result.outcome === 'uploaded' || result.outcome === 'refused');
	await recordAttempt(db(), claim, {
		step: 'upload',
		startedAt,
		durationMs: seen.durationMs,
		outcome: result.outcome,
		httpStatus: seen.status,
		reason: 'reason' in result ? result.reason : undefined
	});
	if (result.outcome === 'refused') return leaveOut(claim, file, result.reason.excerpt ?? result.reason.code);
	if (result.outcome === 'halted') return result;
	if (result.outcome === 'retry') return { ...result, reason: photosReason(result.reason) };
	const [remoteId] = result.ids;
	await db().update(escalationFiles).set({ remoteId }).where(fileOf(claim, file));
	return { outcome: 'ready', remoteId };
}

/** The row's own reason is that its photos are not there; what the upload met stands beside it. */
const photosReason = ({ status, excerpt }: Reason): Reason => ({
	code: 'photos_not_uploaded',
	...(status === undefined ? {} : { status }),
	...(excerpt ? { excerpt } : {})
});

const fileOf = (claim: Claim, file: Pick<ReportFile, 'id'>) =>
	and(eq(escalationFiles.escalationId, claim.id), eq(escalationFiles.attachmentId, file.id));

async function leaveOut(claim: Claim, file: ReportFile, why: string): Promise<One> {
	await db().update(escalationFiles).set({ leftOut: why }).where(fileOf(claim, file));
	return { outcome: 'ready', remoteId: undefined };
}
