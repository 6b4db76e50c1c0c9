import { randomBytes, randomUUID } from 'node:crypto';
import { and, eq, inArray, isNull, ne } from 'drizzle-orm';
import type { z } from 'zod';
import { splitInput } from '#lib/cases/schema.ts';
import { receiptFromBytes } from '#lib/text/receipt.ts';
import { attachFiles, discardFiles, discardRefused, type KeptFile } from '#lib/server/attachments/keep.ts';
import { requireRoom } from '#lib/server/attachments/room.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { contentHash } from '#lib/server/content-hash.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { attachments, caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { promisedRules, startClocks } from '../clocks/deadlines.ts';
import { caseForActor, lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { handlingOf, nameOfficers } from '../officers/handling.ts';
import { moveCase, requireVersion } from '../move.ts';
import { nextReference } from '../number.ts';
import { writePromise } from '../open.ts';
import { copyMailWish } from '../reporter-mail.ts';
import { routeCase } from '../triage/route.ts';
import { receiptHash, submissionHash } from '../submission.ts';
import { recordEvent } from '../timeline.ts';

type Copy = KeptFile & { public: boolean };

/**
 * Splits the second matter of a report off into its own report, with the same reporter, place, officers and time of receipt.
 * Its deadlines count from receipt; only verification counts from now. It is routed like a new report. The first report keeps
 * its whole text. The reporter gets no second code: the first report's page leads to both (`track.ts`).
 *
 * @returns the number of the new report; for a form sent twice, the number of the first
 */
export async function splitCase(actor: Actor, reference: string, raw: unknown): Promise<string> {
	const input = checked(splitInput, raw);
	const { row } = await caseForActor(actor, reference);
	const hash = submissionHash(`split/${row.id}/${input.submission_id}`);
	const before = await splitBefore(db(), hash);
	if (before) return before;
	const copies = await copyFiles(row.id, input.files);
	try {
		const done = await transaction(async (tx) => {
			const found = await lockCaseForActor(tx, actor, reference);
			// Checked again under the lock: of two identical forms sent at once, one makes a report.
			const meanwhile = await splitBefore(tx, hash);
			if (meanwhile) return { reference: meanwhile, stored: false };
			await requireVersion(tx, found.row, input.version);
			return { reference: await takeOut(tx, actor, found, { input, hash, copies }), stored: true };
		});
		if (!done.stored) await discardFiles(copies);
		return done.reference;
	} catch (cause) {
		await discardRefused(cause, copies);
		throw cause;
	}
}

async function splitBefore(on: Database | Tx, hash: string): Promise<string | undefined> {
	const [known] = await on.select({ reference: cases.reference }).from(cases).where(eq(cases.submissionHash, hash));
	return known?.reference;
}

/** Files are copied, so that deleting one report does not delete files of the other. */
async function copyFiles(caseId: number, ids: readonly string[]): Promise<Copy[]> {
	if (ids.length === 0) return [];
	const found = await db()
		.select()
		.from(attachments)
		.where(
			and(
				eq(attachments.caseId, caseId),
				isNull(attachments.messageId),
				// Files of a draft are internal and are not copied.
				isNull(attachments.approvalId),
				inArray(attachments.id, [...ids])
			)
		);
	if (found.length < new Set(ids).size) throw new Invalid([{ path: 'files', code: 'file_unknown' }]);
	const copies: Copy[] = [];
	for (const { caseId: _, messageId: _m, approvalId: _a, at: _at, ...file } of found) {
		const content = await fileStore().read(file.id);
		if (!content) throw new Error(`the file ${file.id} is not in the store`);
		await requireRoom(content.length);
		const id = randomUUID();
		await fileStore().put(id, content);
		copies.push({ ...file, id });
	}
	return copies;
}

interface Matter {
	input: z.output<typeof splitInput>;
	hash: string;
	copies: readonly Copy[];
}

async function takeOut(
	tx: Tx,
	actor: Actor,
	{ row: whole, unit }: CaseWithUnit,
	{ input, hash, copies }: Matter
): Promise<string> {
	const from = await moveCase(tx, whole, 'split');
	const named = await tx
		.select({ officerId: caseOfficers.officerId, source: caseOfficers.source, state: caseOfficers.state })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, whole.id), ne(caseOfficers.state, 'cleared')));
	const [part] = await tx
		.insert(cases)
		.values({
			...inherited(whole),
			...(await handlingOfPart(tx, { row: whole, unit }, named)),
			reference: await nextReference(tx, unit, now()),
			kind: input.kind,
			title: input.title || null,
			body: input.body,
			class: input.kind === 'information_request' ? 'information' : 'plain',
			openedAt: now(),
			openedBy: actor.accountId,
			splitFromId: whole.id,
			submissionHash: hash,
			// Nobody is told this receipt: the reporter opens this report from the first one's page.
			receiptHash: receiptHash(receiptFromBytes(randomBytes(10))),
			contentHash: contentHash({ ...input, from: whole.reference, files: [] })
		})
		.returning();
	if (!part) throw new Error('the part was not stored');
	await nameOfficers(tx, part.id, named as Parameters<typeof nameOfficers>[2]);
	for (const shown of [true, false]) {
		const some = copies.filter((copy) => copy.public === shown);
		await attachFiles(tx, some, { caseId: part.id, public: shown });
	}
	await copyMailWish(tx, whole.id, part.id);
	await startPartClocks(tx, { row: part, unit });
	await recordEvent(tx, part, {
		type: 'opened',
		author: actor,
		public: true,
		data: { channel: part.channel, attachments: copies.length, split_from: whole.reference }
	});
	await routeCase(tx, part);
	await recordEvent(tx, from, { type: 'split', author: actor, public: true, data: { reference: part.reference } });
	return part.reference;
}

/** Columns that both reports share. */
function inherited(whole: CaseRow) {
	const { unitId, service, officerId, placeId, incidentOn, identity, reporterSealed, reporterHash } = whole;
	const { secret, consentLapor, channel, receivedAt, flagged } = whole;
	const reporter = { identity, reporterSealed, reporterHash, secret, consentLapor };
	return { unitId, service, officerId, placeId, incidentOn, ...reporter, channel, receivedAt, flagged };
}

/** If the report is restricted, both are. */
async function handlingOfPart(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	named: readonly { officerId: string; state: string }[]
): Promise<Pick<CaseRow, 'handlingUnitId' | 'restricted'>> {
	if (row.restricted) return { handlingUnitId: row.handlingUnitId, restricted: true };
	const ids = named.filter(({ state }) => state === 'named').map(({ officerId }) => officerId);
	const handling = await handlingOf(tx, unit, null, ids);
	return { handlingUnitId: handling.unitId, restricted: handling.restricted };
}

/** All deadlines count from receipt except verification, which counts from the split. */
async function startPartClocks(tx: Tx, part: CaseWithUnit): Promise<void> {
	const { receipt } = await promisedRules(tx, part.row);
	const verification = receipt.filter(({ name }) => name === 'verification');
	await startClocks(
		tx,
		part,
		receipt.filter(({ name }) => name !== 'verification'),
		part.row.receivedAt
	);
	await startClocks(tx, part, verification, part.row.openedAt);
	await writePromise(tx, part);
}
