import { and, eq, gt, inArray, lte, max, min } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { inboxCondition, type InboxFilter } from '#lib/server/cases/inbox/filter.ts';
import { laporId } from '#lib/server/cases/register.ts';
import { unlessProcessingRestricted } from '#lib/server/cases/visibility.ts';
import { referencesFor } from '#lib/server/cases/visible-references.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { outsideTrial } from '#lib/server/people/units/trial.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/**
 * Ids per statement. The slices follow the primary key, whatever the filter. So even a filter that matches few reports reads
 * the table once and sorts nothing.
 */
const SLICE = 200;

export type CaseRecord = Awaited<ReturnType<typeof slice>>[number];

/**
 * Yields the reports of a filter that the actor may see, oldest first, in slices, so that memory holds only one slice.
 * Reports of a trial are in no export. `progress`: the share of the table that was read, from 0 to 1.
 */
export async function* casePortions(by: Actor, filter: InboxFilter) {
	const actor = await outsideTrial(by);
	const [range] = await db()
		.select({ first: min(cases.id), last: max(cases.id) })
		.from(cases);
	const [first, last] = [range?.first ?? 0, range?.last ?? -1];
	for (let from = first - 1; from < last; from += SLICE) {
		const to = Math.min(from + SLICE, last);
		yield { items: await slice(actor, filter, from, to), progress: (to - first + 1) / (last - first + 1) };
	}
}

async function slice(actor: Actor, filter: InboxFilter, from: number, to: number) {
	const rows = await db()
		.select({
			id: cases.id,
			reference: cases.reference,
			kind: cases.kind,
			title: unlessProcessingRestricted(cases.title),
			body: unlessProcessingRestricted(cases.body),
			requestedSolution: unlessProcessingRestricted(cases.requestedSolution),
			category: cases.category,
			class: cases.class,
			priority: cases.priority,
			service: cases.service,
			channel: cases.channel,
			identity: cases.identity,
			secret: cases.secret,
			status: cases.status,
			returnStatus: cases.returnStatus,
			restricted: cases.restricted,
			incidentOn: cases.incidentOn,
			receivedAt: cases.receivedAt,
			dueAt: cases.dueAt,
			answeredAt: cases.answeredAt,
			closedAt: cases.closedAt,
			archivedAt: cases.archivedAt,
			archiveReason: cases.archiveReason,
			questions: cases.questions,
			disputes: cases.disputes,
			satisfaction: cases.satisfaction,
			escalationState: cases.escalationState,
			transferredTo: cases.transferredTo,
			laporId,
			placeId: cases.placeId,
			assignee: accounts.name,
			mainCaseId: cases.mainCaseId,
			unitId: cases.unitId,
			handlingUnitId: cases.handlingUnitId
		})
		.from(cases)
		.leftJoin(accounts, eq(accounts.id, cases.assigneeId))
		.where(and(gt(cases.id, from), lte(cases.id, to), inboxCondition(actor, filter)))
		.orderBy(cases.id);
	const ids = rows.map(({ id }) => id);
	if (ids.length === 0) return [];
	const [{ unitById, placeById }, promises, mains] = await Promise.all([
		referenceData(),
		promisesOf(ids),
		referencesFor(
			actor,
			rows.map((row) => row.mainCaseId)
		)
	]);
	const unitOf = (id: string) => {
		const unit = unitById.get(id);
		if (!unit) throw new Error(`the reference data lacks unit ${id}`);
		return unit;
	};
	return rows.map(({ mainCaseId, placeId, unitId, handlingUnitId, ...row }) => ({
		...row,
		unit: unitOf(unitId),
		handlingUnit: unitOf(handlingUnitId).name,
		place: placeById.get(placeId ?? '')?.name ?? null,
		main: mains.get(mainCaseId ?? 0) ?? null,
		firstReply: promises.get(`${row.id} first_reply`),
		solution: promises.get(`${row.id} solution`)
	}));
}

/** The latest run of the deadlines `first_reply` and `solution` of each report. */
async function promisesOf(ids: readonly number[]) {
	const rows = await db()
		.select({
			caseId: clocks.caseId,
			name: clocks.name,
			state: clocks.state,
			dueAt: clocks.dueAt,
			metAt: clocks.metAt,
			late: clocks.late
		})
		.from(clocks)
		.where(and(inArray(clocks.caseId, [...ids]), inArray(clocks.name, ['first_reply', 'solution'])))
		.orderBy(clocks.run);
	return new Map(rows.map((row) => [`${row.caseId} ${row.name}`, row]));
}
