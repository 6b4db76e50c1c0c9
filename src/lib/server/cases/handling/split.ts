import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import { splitInput } from '#lib/cases/schema.ts';
import { discardUnlessStored, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { attachments, caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { invalid } from '#lib/server/errors.ts';
import { officerIsNamed, type Actor } from '#lib/server/people/actor.ts';
import { copyConsents } from '#lib/server/people/consents.ts';
import { storedBy, submissionOf, type Submission } from '#lib/server/submission-hashes.ts';
import { caseForActor, lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { leftIntegrityBy } from '../former-integrity.ts';
import { insertCase } from '../insert-case.ts';
import { moveCase, refuseWhileProcessingRestricted, requireVersion } from '../move.ts';
import { randomReceipt, receiptHash } from '../receipt.ts';
import { entryData, neverHandedOver } from '../receipt-link.ts';
import { copyMailPreference } from '../mail-preference.ts';
import { findNamedOfficers } from '../officers/find-names.ts';
import { recordEvent } from '../timeline.ts';

type Copy = KeptFile & { public: boolean };

/**
 * Splits the second matter of a report off into its own report, with the same reporter, place, officers and time of
 * receipt. Its deadlines count from the receipt of the first report, but verification, and the first reply if the first
 * report has been replied to, count from now. It is routed like a new report. The first report keeps its whole text. The reporter gets no second receipt, because the first
 * report's page links to both (`reporter-view.ts`).
 *
 * @returns the number of the new report. A form that is sent twice creates one report
 * @throws Conflict `submission-reused` if the same form came back with other content
 */
export async function splitCase(actor: Actor, reference: string, raw: unknown): Promise<string> {
	const input = checked(splitInput, raw);
	const { row } = await caseForActor(actor, reference);
	// Without the version, because the page shows another one when it was loaded again.
	const { submission_id, version: _, ...content } = input;
	const submission = submissionOf(`split/${row.id}/${submission_id}`, { ...content, from: row.reference });
	const before = await storedBy(db(), cases, submission);
	if (before) return before.reference;
	const copies = await copyFiles(row.id, input.files);
	const part = await discardUnlessStored(copies, () =>
		transaction(async (tx) => {
			const caseWithUnit = await lockCaseForActor(tx, actor, reference);
			// Checked again under the lock, so that of two identical forms only one creates a report.
			if (await storedBy(tx, cases, submission)) return false;
			refuseWhileProcessingRestricted(caseWithUnit.row);
			await requireVersion(tx, caseWithUnit.row, input.version);
			return insertPart(tx, actor, caseWithUnit, input, submission, copies);
		})
	);
	// The report of the other form is found now.
	return part || splitCase(actor, reference, raw);
}

/** Files are copied, so that deleting one report does not delete files of the other. */
async function copyFiles(caseId: number, ids: readonly string[]): Promise<Copy[]> {
	// Files of messages and drafts are not copied.
	const ofReport = and(isNull(attachments.messageId), isNull(attachments.approvalId));
	const rows = await db()
		.select()
		.from(attachments)
		.where(and(eq(attachments.caseId, caseId), ofReport, inArray(attachments.id, [...ids])));
	if (rows.length < new Set(ids).size) throw invalid('files', 'file_unknown');
	const copies: Copy[] = [];
	for (const { caseId: _, messageId: _m, approvalId: _a, at: _at, ...file } of rows) {
		const content = await fileStore().read(file.id);
		if (!content) throw new Error(`the file ${file.id} is not in the store`);
		copies.push({ ...file, id: await storeFile(content) });
	}
	return copies;
}

async function insertPart(
	tx: Tx,
	actor: Actor,
	{ row: whole, unit }: CaseWithUnit,
	input: z.output<typeof splitInput>,
	submission: Submission,
	files: readonly Copy[]
): Promise<string> {
	const { handlingUnitId, restricted } = whole;
	const from = await moveCase(tx, whole, 'split');
	const { officerId, source, state } = caseOfficers;
	const named = await tx
		.select({ officerId, source, state })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, whole.id), officerIsNamed));
	// A name that was cleared in the whole report can be the one of whom the part complains.
	const text = [input.title, input.body].join('\n');
	const inText = await findNamedOfficers(unit, { text });
	const openedAt = now();
	// The reporter has no receipt for the part either.
	const withoutCode = neverHandedOver(await entryData(tx, whole.id));
	const part = await insertCase(tx, {
		unit,
		// The first entry of an officer counts.
		named: [...named, ...inText],
		files,
		author: actor,
		data: {
			split_from: whole.reference,
			without_code: withoutCode || undefined,
			// The part may hold the words about integrity, so its author does not forward it.
			was_integrity: whole.category === 'integrity' || (await leftIntegrityBy(tx, whole.id)) !== undefined || undefined
		},
		handling: restricted ? { handlingUnitId, restricted } : undefined,
		startsLater: { verification: openedAt, ...((await hasFirstReply(tx, whole.id)) && { first_reply: openedAt }) },
		values: {
			...inherited(whole),
			kind: input.kind,
			title: input.title || null,
			body: input.body,
			openedAt,
			openedBy: actor.accountId,
			splitFromId: whole.id,
			...submission,
			// This receipt is never shown. The reporter opens the report from the page of the first one.
			receiptHash: receiptHash(randomReceipt())
		},
		storeMore: async (row) => {
			await copyMailPreference(tx, whole.id, row.id);
			await copyConsents(tx, whole.id, row.id);
		}
	});
	const data = { reference: part.reference };
	await recordEvent(tx, from, { type: 'split', author: actor, public: true, data });
	return part.reference;
}

/** Whether the office has replied to the report. If it has, it owes the first reply to a part only from the split. */
async function hasFirstReply(tx: Tx, caseId: number): Promise<boolean> {
	const [newest] = await tx
		.select({ state: clocks.state })
		.from(clocks)
		.where(and(eq(clocks.caseId, caseId), eq(clocks.name, 'first_reply')))
		.orderBy(desc(clocks.run))
		.limit(1);
	return newest?.state === 'met';
}

/** Columns that are copied to the new report. */
function inherited(whole: CaseRow) {
	const { service, officerId, placeId, incidentOn, identity } = whole;
	const { reporterSealed, reporterHash, reporterWords, secret, consentLapor, channel, receivedAt, flagged } = whole;
	const reporter = { identity, reporterSealed, reporterHash, reporterWords, secret, consentLapor };
	return { service, officerId, placeId, incidentOn, ...reporter, channel, receivedAt, flagged };
}
