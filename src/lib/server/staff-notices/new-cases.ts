import { and, asc, eq, inArray, isNotNull, lte, max, notInArray, or, sql } from 'drizzle-orm';
import { nextWorkdayEnd } from '#lib/calendar/deadline-calculator.ts';
import { instantAt, localDate } from '#lib/calendar/days.ts';
import { workdayEnd, workdayStart } from '#lib/calendar/workday-hours.ts';
import { addWorkingDays, isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { lockCase, type CaseWithUnit, type UnitRow } from '#lib/server/cases/find.ts';
import { hasOpenStatus } from '#lib/server/cases/inbox/filter.ts';
import { handlersOnDuty, hasWorkingAssignee, supervisorsNow, unassigned } from '#lib/server/cases/case-staff.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { dueNotices } from '#lib/server/db/schema/notices.ts';
import { log } from '#lib/server/log.ts';
import { notifyOfCase } from './case-notice.ts';

type Office = Pick<UnitRow, 'timeZone' | 'hours'>;

/** Local time at which people are notified of what happened outside working hours. */
const MORNING = '08:00';

/**
 * When an office is notified of something that happens at `at`: at once in its working hours, otherwise at 08:00 of its
 * next working day. An office that begins later than 08:00 is notified from 08:00 on.
 */
export function notifiedAt(at: Date, { timeZone, hours }: Office, calendar: Calendar): Date {
	const day = localDate(at, timeZone);
	if (!isWorkingDay(day, calendar) || at >= workdayEnd(day, hours, timeZone))
		return instantAt(addWorkingDays(day, 1, calendar), MORNING, timeZone);
	const morning = instantAt(day, MORNING, timeZone);
	return at >= morning || at >= workdayStart(day, hours, timeZone) ? at : morning;
}

/**
 * Notifies the handlers on duty of a case that came to their unit without an assignee, and after one working day without
 * verification its supervisors. For a restricted case it notifies only its supervisors. Notices that are not due yet are
 * stored for `sweepDueNotices`.
 *
 * @param entry null if the assignee left, for which there is no entry
 */
export async function notifyOfNewCase(tx: Tx, caseWithUnit: CaseWithUnit, entry: StoredEntry | null) {
	const { row, unit } = caseWithUnit;
	const arrives = entry !== null && (ARRIVALS.includes(entry.type) || entry.data.unassigned === true);
	// The unit was notified when the case arrived.
	if ((entry && !arrives && !row.restricted) || (await hasWorkingAssignee(tx, row))) return;
	const calendar = await loadCalendar();
	const verifiedBy = nextWorkdayEnd(now(), unit, calendar);
	const all: Due[] = [
		{ kind: 'new_case', at: notifiedAt(now(), unit, calendar) },
		{ kind: 'unverified', at: verifiedBy }
	];
	const due = all.filter(({ at }) => at <= now());
	const later = all.filter(({ at }) => at > now()).map((one) => ({ caseId: row.id, ...one }));
	const waiting = tx.insert(dueNotices).values(later);
	// A new arrival replaces the time of a notice that still waits from an earlier arrival.
	const target = [dueNotices.caseId, dueNotices.kind];
	await (arrives
		? waiting.onConflictDoUpdate({ target, set: { at: sql`excluded.at` } })
		: waiting.onConflictDoNothing());
	await writeNotices(tx, caseWithUnit, due, entry?.actorId);
}

type Due = Pick<typeof dueNotices.$inferSelect, 'kind' | 'at'>;

const ARRIVALS: readonly StoredEntry['type'][] = ['opened', 'moved'];

/** Writes notices of a locked case that still need somebody's attention, except to the account `except`. */
async function writeNotices(tx: Tx, caseWithUnit: CaseWithUnit, due: readonly Due[], except?: string | null) {
	const { row } = caseWithUnit;
	if (!OPEN_STATUSES.includes(row.status) || (await hasWorkingAssignee(tx, row))) return;
	const arrival = due.length > 0 ? await arrivalOf(tx, row.id) : 0;
	/** The assignee who can't work on the case any more: to the others it is a new one. */
	const left = row.assigneeId ? `:${row.assigneeId}` : '';
	for (const { kind, at } of due) {
		if (kind === 'unverified' && row.status !== 'received') continue;
		const people =
			kind === 'new_case' ? await handlersOnDuty(tx, caseWithUnit) : await supervisorsNow(tx, caseWithUnit);
		const others = people.filter(({ id }) => id !== except);
		await notifyOfCase(tx, caseWithUnit, others, { kind, occasion: `${row.handlingUnitId}:${arrival}${left}`, at });
	}
}

/** Number of the entry with which a case last came to a unit or lost its assignee, so that each arrival is notified once. */
async function arrivalOf(tx: Tx, caseId: number): Promise<number> {
	const { seq, type, data } = timeline;
	const [latest] = await tx
		.select({ seq: max(seq) })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), or(inArray(type, [...ARRIVALS]), sql`${data} ->> 'unassigned' = 'true'`)));
	return latest?.seq ?? 0;
}

const BATCH = 500;
/** Batches per sweep. Further cases wait for the next sweep, a minute later. */
const BATCHES = 25;

/**
 * Runs each minute: writes the notices about new cases that have become due. A failing case does not block the others:
 * the next batch leaves out all that failed in this sweep.
 */
export async function sweepDueNotices(): Promise<void> {
	const failed: number[] = [];
	for (let batch = 0; batch < BATCHES; batch++) {
		const due = await db()
			.select({ caseId: dueNotices.caseId })
			.from(dueNotices)
			.where(and(lte(dueNotices.at, now()), notInArray(dueNotices.caseId, failed)))
			.orderBy(asc(dueNotices.at))
			.limit(BATCH);
		for (const caseId of new Set(due.map((row) => row.caseId))) {
			await transaction((tx) => writeDueNotices(tx, caseId)).catch((error: unknown) => {
				failed.push(caseId);
				log().error({ caseId, err: error }, 'could not notify of a new case');
			});
		}
		if (due.length < BATCH) return;
	}
}

async function writeDueNotices(tx: Tx, caseId: number): Promise<void> {
	const caseWithUnit = await lockCase(tx, caseId);
	const due = await tx
		.delete(dueNotices)
		.where(and(eq(dueNotices.caseId, caseId), lte(dueNotices.at, now())))
		.returning();
	await writeNotices(tx, caseWithUnit, due);
}

/**
 * Runs after access changes, which add no timeline entry. If the assignee of an open case has left or lost the role, it
 * notifies the same people as of a new case: once per case and assignee. A later change does not postpone the notice.
 */
export async function notifyOfLeftCases(): Promise<void> {
	const left = await db()
		.select({ id: cases.id })
		.from(cases)
		.where(and(hasOpenStatus, isNotNull(cases.assigneeId), unassigned))
		.orderBy(asc(cases.id));
	for (const { id } of left) {
		await transaction(async (tx) => notifyOfNewCase(tx, await lockCase(tx, id), null)).catch((error: unknown) =>
			log().error({ caseId: id, err: error }, 'could not notify of a case whose assignee left')
		);
	}
}
