import { and, eq, isNull } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { retryWhileDatabaseAway } from '#lib/server/db/retry-while-away.ts';
import { escalationFiles } from '#lib/server/db/schema/escalations.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { LaporFile } from '#lib/server/integrations/lapor/types.ts';
import { recordCall } from '../call-log.ts';
import { classifyUpload, type Ending } from '../classify-response.ts';
import { throughCircuit, type CallResult } from '../connection/circuit.ts';
import { refusedAlone } from '../connection/connection.ts';
import { fileToSend, filesOf, withoutEndlessTries, type ReportFile } from '../forward/files.ts';
import type { Reason } from '../failure-reason.ts';
import { BLOCKED } from '../rows.ts';
import { holdingLease, renewForUpload, type Claim, type Sending } from './lease.ts';

type Uploaded =
	/** `fileIds`: ids at LAPOR. A file that is not sent has none. */
	| { kind: 'ready'; fileIds: string[] }
	/** The photos could not be uploaded: the report is retried, or the connection is halted. */
	| { kind: 'ended'; ending: Ending }
	/** The lease expired, so that another worker continues, or the report may not be sent any more as it was composed. */
	| { kind: 'lost' };

const ready = (...fileIds: string[]): Uploaded => ({ kind: 'ready', fileIds });

/**
 * Uploads the missing files of a report, one per call, so that each id is stored at once. A file that LAPOR refuses is
 * not sent, and the report is sent without it.
 */
export async function uploadFiles(client: LaporClient, claimed: Sending): Promise<Uploaded> {
	const fileIds: string[] = [];
	for (const [index, file] of (await filesOf(db(), claimed.escalation.id)).entries()) {
		if (file.leftOut) continue;
		const uploaded = file.remoteId ? ready(file.remoteId) : await uploadOne(client, claimed, file, index + 1);
		if (uploaded.kind !== 'ready') return uploaded;
		fileIds.push(...uploaded.fileIds);
	}
	return ready(...fileIds);
}

const retryLater = (reason: Reason, more: { retryAfterMs?: number; until?: Date } = {}): Uploaded => ({
	kind: 'ended',
	ending: { outcome: { kind: 'not_sent', reason, retryAfterMs: more.retryAfterMs }, until: more.until }
});

async function uploadOne(client: LaporClient, claimed: Sending, file: ReportFile, position: number): Promise<Uploaded> {
	const claim = claimed.escalation;
	const bytes = await holdingLease(claim, () => fileToSend(file, position));
	if (bytes === 'later') return retryLater({ code: 'photos_not_uploaded' });
	if (!bytes) {
		await update(db(), claim, file, { leftOut: 'file_missing' });
		return ready();
	}
	const made = await throughCircuit('upload', () => callUpload(client, claimed, file, bytes));
	return 'openUntil' in made ? retryLater({ code: 'circuit_open' }, { until: made.openUntil }) : made.result;
}

async function callUpload(
	client: LaporClient,
	claimed: Sending,
	file: ReportFile,
	bytes: LaporFile
): Promise<CallResult<Uploaded>> {
	const claim = claimed.escalation;
	if (!(await renewForUpload(claimed))) return { works: undefined, result: { kind: 'lost' } };
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
			if (result.kind === 'refused')
				await update(tx, claim, file, { leftOut: result.reason.excerpt ?? result.reason.code });
			if (result.kind === 'uploaded') await update(tx, claim, file, { remoteId: result.remoteId, leftOut: null });
			const [stored] = await tx.select().from(escalationFiles).where(isFile(claim, file));
			return stored?.remoteId ?? undefined;
		});
	const remoteId = await holdingLease(claim, () => retryWhileDatabaseAway(store));
	if (result.kind === 'halted') return { works: false, result: { kind: 'ended', ending: { outcome: result } } };
	if (result.kind === 'retry') {
		const { reason, retryAfterMs } = result;
		return { works: false, result: retryLater({ ...reason, code: 'photos_not_uploaded' }, { retryAfterMs }) };
	}
	return { works: true, result: remoteId ? ready(remoteId) : ready() };
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
