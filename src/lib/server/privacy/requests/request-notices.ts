import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { TRIAL_REQUEST } from '#lib/privacy/requests.ts';
import { markOccasionRead, notify } from '#lib/server/channels/notices.ts';
import { peopleFor, workersNow } from '#lib/server/cases/case-staff.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { log } from '#lib/server/log.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { secondDeciders } from './second-decider.ts';
import { responsibleAbove, responsibleFor } from '../notice/responsible.ts';

type RequestRow = typeof dataRequests.$inferSelect;

const STAGES = ['received', 'warning', 'overdue'] as const;
type Stage = (typeof STAGES)[number];
const occasionOf = ({ id }: Pick<RequestRow, 'id'>, stage: Stage) =>
	({ kind: `data_request_${stage}`, occasion: id }) as const;

/**
 * Notifies the responsible person of the office. If that person may not decide, or there is none, it notifies the nearest
 * administrators, or else the responsible person of an office above. Of an overdue request, the administrators are notified
 * together with the responsible person. A person gets no notice of their own request or of a case that names them. Of a
 * request that its recorder may not decide, it notifies the nearest of the people who may, also when it is overdue.
 */
export async function notifyOfRequest(tx: Tx, row: RequestRow, stage: Stage): Promise<void> {
	const unitId = await officeOf(tx, row);
	// Without the case: the people who decide need not see it.
	await notify(tx, await recipientsOf(tx, { ...row, unitId }, stage), {
		...occasionOf(row, stage),
		unitId: row.number.startsWith(TRIAL_REQUEST) ? unitId : undefined,
		data: { request: row.id, number: row.number, kind: row.kind, due_at: row.dueAt.toISOString() },
		page: `/admin/privacy/requests/${row.id}`,
		zone: (await referenceData()).unitById.get(unitId)?.timeZone
	});
}

/** Whether there is a person who gets the notices of a request. */
export async function hasRecipient(tx: Tx, row: RequestRow): Promise<boolean> {
	return (await recipientsOf(tx, { ...row, unitId: await officeOf(tx, row) }, 'received')).length > 0;
}

/** Entries with which a case can get another handling unit. */
const MOVES = ['moved', 'verified', 'classified', 'officers_changed'];

/** Notifies the people of an office that has taken a case over of its waiting requests. */
export async function notifyNewOffices(entries: readonly Pick<StoredEntry, 'type' | 'caseId'>[]): Promise<void> {
	const moved = entries.filter(({ type }) => MOVES.includes(type)).map(({ caseId }) => caseId);
	if (moved.length === 0) return;
	await transaction(async (tx) => {
		const waiting = await tx
			.select()
			.from(dataRequests)
			.where(and(inArray(dataRequests.caseId, moved), inArray(dataRequests.state, ['confirming', 'open'])));
		for (const row of waiting) await notifyOfRequest(tx, row, 'received');
	});
}

/** The office that answers now: the handling unit of the case, if there is one. */
async function officeOf(tx: Tx, { unitId, caseId }: RequestRow): Promise<string> {
	if (caseId === null) return unitId;
	const [about] = await tx.select({ unitId: cases.handlingUnitId }).from(cases).where(eq(cases.id, caseId));
	return about?.unitId ?? unitId;
}

/** Accounts of the nearest people who may decide a request. `unitId`: the office that answers now. */
export const decidersOf = (on: Database | Tx, row: RequestRow): Promise<string[]> => recipientsOf(on, row, 'overdue');

async function recipientsOf(on: Database | Tx, row: RequestRow, stage: Stage): Promise<string[]> {
	const { unitId, caseId, accountId } = row;
	const { people: second = [] } = (await secondDeciders(on, row, unitId)) ?? {};
	if (second.length > 0) return second.filter((one) => one.unitId === second[0]?.unitId).map(({ id }) => id);
	const asked = { id: caseId ?? 0, handlingUnitId: unitId };
	const able = async (role: Role) => (await peopleFor(on, asked, [role])).filter(({ id }) => id !== accountId);
	const admins = await able('admin');
	const nearest = admins.filter((person) => person.unitId === admins[0]?.unitId).map(({ id }) => id);
	const { accountId: responsible } = await responsibleFor(unitId);
	const people = new Set([...(await able('supervisor')), ...admins].map(({ id }) => id));
	if (responsible && people.has(responsible))
		return [...new Set([responsible, ...(stage === 'overdue' ? nearest : [])])];
	return nearest.length > 0 ? nearest : (await responsibleAbove(unitId)).filter((id) => people.has(id)).slice(0, 1);
}

/**
 * Notifies the person who recorded a decided request at the counter, and of a withdrawn report the people who would work
 * on it now. The person who decided it gets no notice.
 * @param about the case after the decision
 */
export async function notifyOfDecision(
	tx: Tx,
	row: RequestRow,
	about: CaseRow | undefined,
	decidedBy: string | null | undefined
): Promise<void> {
	const { unitById } = await referenceData();
	const unitId = about?.handlingUnitId ?? row.unitId;
	const unit = unitById.get(unitId);
	const data = { request: row.id, number: row.number, kind: row.kind, outcome: row.state };
	const notice = {
		kind: 'data_request_decided' as const,
		occasion: row.id,
		unitId: row.number.startsWith(TRIAL_REQUEST) ? unitId : undefined,
		page: `/admin/privacy/requests/${row.id}`,
		zone: unit?.timeZone
	};
	const others = (ids: readonly string[]) => ids.filter((id) => id !== decidedBy);
	if (row.kind === 'report' && row.state === 'granted' && about && unit) {
		const { reference, escalationState } = about;
		const workers = (await workersNow(tx, { row: about, unit })).map(({ id }) => id);
		await notify(tx, others(workers), {
			...notice,
			data: { ...data, reference, at_lapor: escalationState === 'sent' }
		});
	}
	if (!row.recordedBy) return;
	const readers = await peopleFor(tx, { id: about?.id ?? 0, handlingUnitId: unitId }, [...CASE_ROLES, 'admin']);
	const mayRead = readers.some(({ id }) => id === row.recordedBy);
	await notify(tx, others(mayRead ? [row.recordedBy] : []), { ...notice, data });
}

/** Marks the notices of a decided request as read. */
export async function endRequestNotices(tx: Tx, row: Pick<RequestRow, 'id'>): Promise<void> {
	for (const stage of STAGES) await markOccasionRead(tx, occasionOf(row, stage));
}

/** Two thirds of the time have passed: 48 of 72 hours. */
const warnAt = sql`${dataRequests.receivedAt} + (${dataRequests.dueAt} - ${dataRequests.receivedAt}) * 2 / 3`;

/**
 * Runs each minute: warns before the deadline of a waiting request, and notifies after it. Each person gets each notice
 * once, also a person of an office that takes the case over later; again after `deleteOldNotices` has deleted it.
 */
export async function sweepDataRequests(): Promise<void> {
	// A literal, so that a prepared statement uses the partial index.
	const waiting = sql`${dataRequests.state} in ('confirming', 'open')`;
	const pressing = await db()
		.select({ id: dataRequests.id })
		.from(dataRequests)
		.where(and(waiting, sql`${warnAt} <= ${now().toISOString()}`))
		.orderBy(asc(dataRequests.dueAt));
	for (const { id } of pressing) {
		await transaction(async (tx) => {
			const [row] = await tx
				.select()
				.from(dataRequests)
				.where(and(eq(dataRequests.id, id), waiting))
				.for('update');
			if (row) await notifyOfRequest(tx, row, row.dueAt <= now() ? 'overdue' : 'warning');
		}).catch((error: unknown) =>
			log().error({ id, err: error }, 'no notice about the deadline of a data request was written')
		);
	}
}
