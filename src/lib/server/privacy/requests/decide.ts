import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { decisionInput, liftInput } from '#lib/privacy/requests.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { updateCase } from '#lib/server/cases/move.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { Conflict, NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { grantRequest } from './grant.ts';
import { isWaiting, type RequestRow } from './receive.ts';
import { requestFor } from './register.ts';
import { endRequestNotices } from './request-notices.ts';

/**
 * Grants or refuses a request, by the responsible person or an administrator of the office. Granting does what was asked
 * in the same commit. The reporter reads the decision on the tracking page.
 *
 * @throws NotFound · NotAllowed `data_request` · Conflict `stale` if it was decided or withdrawn in the meantime
 */
export async function decideRequest(actor: Actor, id: string, raw: unknown): Promise<void> {
	const input = checked(decisionInput, raw);
	await transaction(async (tx) => {
		const { request, decides } = await requestFor(tx, actor, id);
		if (!decides) throw new NotAllowed('data_request');
		// The case is locked before the request, as when a request comes in.
		const about = request.caseId === null ? undefined : await lockCase(tx, request.caseId);
		const state = input.decision === 'grant' ? 'granted' : 'refused';
		const { ground = null, reason = null } = input;
		const row = await endRequest(tx, request, input.version, { state, ground, reason, decidedBy: actor.accountId });
		const granted = state === 'granted' ? await grantRequest(tx, actor, row, about, input) : undefined;
		const outcome = granted?.outcome;
		if (about) {
			const changed = granted?.row ?? (await updateCase(tx, about.row));
			const data = { number: row.number, kind: row.kind, outcome: state, ground, reason, ...outcome };
			await recordEvent(tx, changed, { type: 'data_decided', author: actor, public: true, data });
		}
		const unitId = about?.row.handlingUnitId ?? row.unitId;
		const audit = { unitId, action: `data_request.${state}` as const, subject: row.number };
		await recordChange(tx, actor, {
			...audit,
			// The timeline of a case has the reason already.
			...(!about && reason && { reason }),
			after: { kind: row.kind, ground }
		});
	});
}

/** Ends a waiting request. @throws Conflict `stale` */
export async function endRequest(
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
	const [ended] = await tx
		.update(dataRequests)
		.set({ ...changes, decidedAt: now(), confirmHash: null, version: row.version + 1 })
		.where(eq(dataRequests.id, id))
		.returning();
	await endRequestNotices(tx, { id });
	return ended ?? row;
}

/** Withdraws a waiting request at the wish of its reporter. @throws NotFound · Conflict `stale` */
export async function withdrawRequest(caseId: number, raw: unknown): Promise<void> {
	const { withdraw } = checked(z.object({ withdraw: z.string() }), raw);
	await transaction(async (tx) => {
		const { row: before } = await lockCase(tx, caseId);
		const [own] = await tx
			.select()
			.from(dataRequests)
			.where(and(isId(dataRequests.id, withdraw), eq(dataRequests.caseId, caseId)));
		if (!own) throw new NotFound();
		const { number, kind } = await endRequest(tx, own, undefined, { state: 'withdrawn' });
		const data = { number, kind, outcome: 'withdrawn' };
		await recordEvent(tx, await updateCase(tx, before), {
			type: 'data_decided',
			author: 'reporter',
			public: true,
			data
		});
		const audit = { unitId: before.handlingUnitId, action: 'data_request.withdrawn' as const, subject: number };
		await recordChange(tx, null, { ...audit, after: { kind } });
	});
}

/** Lifts a restriction that was granted: all steps are possible again. @throws as `decideRequest` */
export async function liftRestriction(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { reason } = checked(liftInput, raw);
	await transaction(async (tx) => {
		const { request, decides } = await requestFor(tx, actor, id);
		if (!decides) throw new NotAllowed('data_request');
		if (request.kind !== 'restriction' || request.caseId === null) throw new NotFound();
		const { row: before } = await lockCase(tx, request.caseId);
		if (!before.processingLimitedAt) throw new Conflict('stale');
		const row = await updateCase(tx, before, { processingLimitedAt: null });
		const data = { number: request.number, reason };
		await recordEvent(tx, row, { type: 'limit_lifted', author: actor, public: true, data });
		const audit = { unitId: row.handlingUnitId, action: 'data_request.lifted' as const, subject: request.number };
		await recordChange(tx, actor, { ...audit, reason });
	});
}
