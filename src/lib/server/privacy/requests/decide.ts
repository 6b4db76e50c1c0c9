import { and, eq, gt, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { decisionInput, liftInput } from '#lib/privacy/requests.ts';
import { lockCase, type CaseRow } from '#lib/server/cases/find.ts';
import { updateCase } from '#lib/server/cases/move.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, storedRow, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { restartWaiting } from '#lib/server/escalation/rows.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { everyOtherPart, grantRequest, useNewContact } from './grant.ts';
import { isWaiting, type RequestRow } from './receive.ts';
import { isRestrictedBy, requestFor } from './register.ts';
import { endRequestNotices, notifyOfDecision } from './request-notices.ts';

/**
 * Grants or refuses a request, by the responsible person or an administrator of the office. Granting does what was asked
 * in the same commit. The reporter reads the decision on the tracking page. A request that staff recorded at the counter
 * and that changes a report is decided by another person (`secondDeciders`).
 *
 * @throws NotFound · NotAllowed `data_request` or `request_recorder` · Conflict `stale` if it was decided or withdrawn in
 * the meantime
 */
export async function decideRequest(by: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(decisionInput, raw);
	await transaction(async (tx) => {
		const { request, actor, alone } = await requestToDecide(tx, by, id);
		// The case is locked before the request, as when a request comes in.
		const about = request.caseId === null ? undefined : await lockCase(tx, request.caseId);
		const state = input.decision === 'grant' ? 'granted' : 'refused';
		const { ground = null, reason = null } = input;
		const row = await endRequest(tx, request, input.version, { state, ground, reason, decidedBy: actor.accountId });
		const single = { single_signature: alone || undefined };
		const granted =
			state === 'granted' ? await grantRequest(tx, actor, row, about, { ...input, ...single }) : undefined;
		const outcome = granted?.outcome;
		const changed = about && (granted?.row ?? (await updateCase(tx, about.row)));
		await recordEnd(tx, actor, row, changed, { ground, reason, ...single, ...outcome });
	});
}

/** @returns the request, and the actor as supervisor if the right to decide it comes from that role */
async function requestToDecide(tx: Tx, actor: Actor, id: string) {
	const { request, decides, alone, second, unit } = await requestFor(tx, actor, id);
	if (!decides) throw new NotAllowed(second ? 'request_recorder' : 'data_request');
	return { request, alone, actor: holds(actor, unit.id, 'admin') ? actor : { ...actor, supervises: true } };
}

/** Writes the timeline entry of a request's end, if it is about a case, the audit entry and the notices. */
async function recordEnd(
	tx: Tx,
	actor: Actor | null,
	request: RequestRow,
	row: CaseRow | undefined,
	data: { ground?: string | null; reason?: string | null; by?: 'link'; single_signature?: true } = {}
): Promise<void> {
	const { number, kind } = request;
	const state = request.state as 'granted' | 'refused' | 'withdrawn';
	const { by, ...shown } = data;
	if (row) {
		const entry = { type: 'data_decided' as const, author: actor ?? ('reporter' as const), public: true };
		await recordEvent(tx, row, { ...entry, data: { number, kind, outcome: state, ...shown } });
	}
	await recordChange(tx, actor, {
		unitId: row?.handlingUnitId ?? request.unitId,
		action: `data_request.${state}`,
		subject: number,
		// The timeline of a case has the reason already.
		reason: (!row && data.reason) || undefined,
		after: { kind, ground: data.ground, by, singleSignature: data.single_signature }
	});
	if (state !== 'withdrawn') await notifyOfDecision(tx, request, row, actor?.accountId);
}

/** Ends a waiting request. @throws Conflict `stale` */
async function endRequest(
	tx: Tx,
	{ id }: Pick<RequestRow, 'id'>,
	version: number | undefined,
	changes: Partial<RequestRow> & Pick<RequestRow, 'state'>
): Promise<RequestRow> {
	const { version: present } = dataRequests;
	const [row] = await tx
		.select()
		.from(dataRequests)
		.where(and(eq(dataRequests.id, id), isWaiting, version === undefined ? undefined : eq(present, version)))
		.for('update');
	if (!row) throw new Conflict('stale');
	const ended = await tx
		.update(dataRequests)
		.set({ confirmHash: null, ...changes, decidedAt: now(), version: row.version + 1 })
		.where(eq(dataRequests.id, id))
		.returning()
		.then(storedRow);
	await endRequestNotices(tx, { id });
	return ended;
}

/** Withdraws a waiting request at the wish of its reporter, once or twice. @throws NotFound · Conflict `stale` */
export async function withdrawRequest(caseId: number, raw: unknown): Promise<void> {
	const { withdraw } = checked(z.object({ withdraw: z.string() }), raw);
	await transaction(async (tx) => {
		const { row: before } = await lockCase(tx, caseId);
		const own = await tx
			.select()
			.from(dataRequests)
			.where(and(isId(dataRequests.id, withdraw), eq(dataRequests.caseId, caseId)))
			.then(oneRow);
		if (own.state === 'withdrawn') return;
		const ended = await endRequest(tx, own, undefined, { state: 'withdrawn' });
		await recordEnd(tx, null, ended, await updateCase(tx, before));
	});
}

/**
 * Lifts a restriction that was granted, in every part of a split report: all steps are possible again. Only the report of
 * the request gets the reason (`inEveryPart`), unless its texts are destroyed: parts may go on.
 * @throws as `decideRequest`, and Conflict `stale` if another request restricts the report now
 */
export async function liftRestriction(by: Actor, id: string, raw: unknown): Promise<void> {
	const { reason } = checked(liftInput, raw);
	await transaction(async (tx) => {
		const { request, actor } = await requestToDecide(tx, by, id);
		if (request.kind !== 'restriction' || request.caseId === null) throw new NotFound();
		const { row: before } = await lockCase(tx, request.caseId);
		if (!isRestrictedBy(request, before.processingRestrictedAt)) throw new Conflict('stale');
		const lift = async (one: CaseRow, because: { reason?: string }) => {
			const row = await updateCase(tx, one, { processingRestrictedAt: null });
			await restartWaiting(tx, row.id);
			const data = { number: request.number, kind: request.kind, ...because };
			await recordEvent(tx, row, { type: 'restriction_lifted', author: actor, public: true, data });
			return row;
		};
		for (const part of await everyOtherPart(tx, before))
			if (isRestrictedBy(request, part.processingRestrictedAt)) await lift(part, {});
		const row = await lift(before, before.destroyedAt ? {} : { reason });
		const audit = { unitId: row.handlingUnitId, action: 'data_request.lifted' as const, subject: request.number };
		await recordChange(tx, actor, { ...audit, reason });
	});
}

const linkedRequest = async (on: Database | Tx, token: string) => {
	const isLink = and(eq(dataRequests.confirmHash, sha256Hex(token)), gt(dataRequests.dueAt, now()));
	return on
		.select({ request: dataRequests, reference: cases.reference, unitId: cases.handlingUnitId })
		.from(dataRequests)
		.innerJoin(cases, eq(cases.id, dataRequests.caseId))
		.where(and(isLink, inArray(dataRequests.state, ['confirming', 'granted'])))
		.then(oneRow);
};

/**
 * The office of the request that a link confirms, and until it is confirmed its number and that of the report. Opening
 * the link changes nothing, because mail scanners open every link.
 *
 * @throws NotFound after the deadline, and once the office has decided
 */
export async function contactToConfirm(token: string) {
	const { request, reference, unitId } = await linkedRequest(db(), token);
	const unit = (await referenceData()).unitById.get(unitId);
	return { unit, waiting: request.state === 'granted' ? null : { number: request.number, reference } };
}

/**
 * Confirms a new contact through the current e-mail address, and uses it from now on. A form that is sent twice changes
 * nothing more.
 *
 * @throws NotFound as above
 */
export async function confirmContact(token: string): Promise<void> {
	await transaction(async (tx) => {
		const about = await lockCase(tx, (await linkedRequest(tx, token)).request.caseId ?? 0);
		// Read under the lock of the case, so that the second of two forms sees what the first has done.
		const { request } = await linkedRequest(tx, token);
		if (request.state === 'granted') return;
		const { confirmHash } = request;
		const ended = await endRequest(tx, request, request.version, { state: 'granted', confirmHash });
		await recordEnd(tx, null, ended, await useNewContact(tx, ended, about), { by: 'link' });
	});
}
