import { and, eq, isNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import { recordAttempt } from '../attempts.ts';
import { askCircuit, noteCall, returnLeave } from '../connection/circuit.ts';
import { fileToSend, filesOf, type ReportFile } from '../forward/files.ts';
import type { Reason } from '../reason.ts';
import { classifyUpload, type Ending } from '../outcome.ts';
import { holdingLease, renewLease, type Claim } from './claim.ts';

type Unfinished =
	/** The report waits for its photos and is retried, or the connection is halted. */
	| { outcome: 'ended'; ending: Ending }
	/** The lease expired: another worker continues. */
	| { outcome: 'lost' };
export type Uploaded = { outcome: 'ready'; fileIds: string[] } | Unfinished;

/**
 * Uploads the missing files of a report, one per call, so that each id is stored at once. A file that LAPOR refuses is left out
 * and blocks nothing.
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

const retryLater = (reason: Reason, more: { retryAfterMs?: number | undefined; until?: Date } = {}): Unfinished => {
	const { retryAfterMs, until } = more;
	const outcome = { outcome: 'not_sent', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } as const;
	return { outcome: 'ended', ending: { outcome, ...(until ? { until } : {}) } };
};

/** @returns the file's id at LAPOR; undefined if the file is left out */
async function uploadOne(
	client: LaporClient,
	claim: Claim,
	file: ReportFile,
	position: number
): Promise<string | undefined | Unfinished> {
	const bytes = await holdingLease(claim, () => fileToSend(file, position));
	if (bytes === 'later') return retryLater({ code: 'photos_not_uploaded' });
	if (!bytes) return void (await update(db(), claim, file, { leftOut: 'file_missing' }));
	const asked = await askCircuit('upload');
	if ('openUntil' in asked) return retryLater({ code: 'circuit_open' }, { until: asked.openUntil });
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
		if (result.outcome === 'refused')
			await update(tx, claim, file, { leftOut: result.reason.excerpt ?? result.reason.code });
		if (result.outcome === 'uploaded') await update(tx, claim, file, { remoteId: result.ids[0] ?? '', leftOut: null });
		const [kept] = await tx.select().from(escalationFiles).where(isFile(claim, file));
		return kept?.remoteId ?? undefined;
	});
	if (result.outcome === 'halted') return { outcome: 'ended', ending: { outcome: result } };
	if (result.outcome === 'retry')
		return retryLater({ ...result.reason, code: 'photos_not_uploaded' }, { retryAfterMs: result.retryAfterMs });
	return remoteId;
}

const isFile = (claim: Claim, file: ReportFile) =>
	and(eq(escalationFiles.escalationId, claim.id), eq(escalationFiles.attachmentId, file.id));

/** Changes a file that has no id yet. The first id counts: a slow worker may have uploaded it, and another one may use it. */
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
