import { and, eq, isNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { recordAttempt } from '../attempts.ts';
import { askCircuit, noteCall, returnLeave } from '../connection/circuit.ts';
import { holdingLease, renewLease, type Claim } from './claim.ts';
import { fileToSend, filesOf, type ReportFile } from '../forward/files.ts';
import type { Reason } from '../reason.ts';
import { classifyUpload } from '../side-outcome.ts';

export type Uploaded =
	| { outcome: 'ready'; fileIds: string[] }
	/** The report waits for its photos and is retried. */
	| { outcome: 'retry'; reason: Reason; retryAfterMs?: number; until?: Date }
	| { outcome: 'halted'; reason: Reason }
	/** The lease expired: another worker continues. */
	| { outcome: 'lost' };

/**
 * Uploads the missing files of a report, one per call, so that each id is stored at once. A file that LAPOR refuses is left out
 * and blocks nothing.
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
	const bytes = await holdingLease(claim, () => fileToSend(file, position));
	if (bytes === 'later') return { outcome: 'retry', reason: { code: 'photos_not_uploaded' } };
	if (!bytes) {
		await leaveOut(db(), claim, file, 'file_missing');
		return { outcome: 'ready', remoteId: undefined };
	}
	const asked = await askCircuit('upload');
	if ('openUntil' in asked) return { outcome: 'retry', reason: { code: 'circuit_open' }, until: asked.openUntil };
	if (!(await renewLease(claim))) {
		await returnLeave(asked.leave);
		return { outcome: 'lost' };
	}
	const startedAt = now();
	const seen = await holdingLease(claim, () => client.uploadFiles([bytes]));
	const result = classifyUpload(seen, 1, now());
	await noteCall(asked.leave, result.outcome === 'uploaded' || result.outcome === 'refused');
	// One commit: a recorded upload always has its id stored.
	const remoteId = await transaction(async (tx) => {
		await recordAttempt(tx, claim, {
			step: 'upload',
			startedAt,
			durationMs: seen.durationMs,
			outcome: result.outcome,
			httpStatus: seen.status,
			reason: 'reason' in result ? result.reason : undefined
		});
		if (result.outcome === 'refused') await leaveOut(tx, claim, file, result.reason.excerpt ?? result.reason.code);
		if (result.outcome === 'uploaded') await keep(tx, claim, file, result.ids[0] ?? '');
		const [kept] = await tx.select().from(escalationFiles).where(fileOf(claim, file));
		return kept?.remoteId ?? undefined;
	});
	if (result.outcome === 'halted') return result;
	if (result.outcome === 'retry') return { ...result, reason: photosReason(result.reason) };
	return { outcome: 'ready', remoteId };
}

/** Reason of the row: photos missing, with the reason of the upload. */
const photosReason = ({ status, excerpt }: Reason): Reason => ({
	code: 'photos_not_uploaded',
	...(status === undefined ? {} : { status }),
	...(excerpt ? { excerpt } : {})
});

const fileOf = (claim: Claim, file: Pick<ReportFile, 'id'>) =>
	and(eq(escalationFiles.escalationId, claim.id), eq(escalationFiles.attachmentId, file.id));

/** Leaves out a refused file, unless a slow worker has uploaded it after all. */
async function leaveOut(on: ReturnType<typeof db> | Tx, claim: Claim, file: ReportFile, why: string): Promise<void> {
	await on
		.update(escalationFiles)
		.set({ leftOut: why })
		.where(and(fileOf(claim, file), isNull(escalationFiles.remoteId)));
}

/** Keeps the first of two ids of a file, because another worker may already use it. */
async function keep(tx: Tx, claim: Claim, file: ReportFile, remoteId: string): Promise<void> {
	await tx
		.update(escalationFiles)
		.set({ remoteId, leftOut: null })
		.where(and(fileOf(claim, file), isNull(escalationFiles.remoteId)));
}
