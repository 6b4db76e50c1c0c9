import { and, asc, eq, gt, lte, or, sql } from 'drizzle-orm';
import { notifiedColumns, nextNotificationAt, reachedStages, type ClockStage } from '#lib/cases/clock-stages.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { ClockRow } from './case-clocks.ts';
import { lockCase } from '../find.ts';
import { recordEvent } from '../timeline.ts';

/** A literal, because a prepared statement with a parameter does not use the partial index. */
const running = sql`${clocks.state} = 'running'`;

/** Cursor in the order in which deadlines are notified. */
export interface ClockCursor {
	notifyAt: Date;
	id: string;
}

/** Deadlines for which a notification is due, the earliest first, after the cursor `after`, at most `limit`. */
export async function clocksToNotify(limit: number, after?: ClockCursor) {
	const rows = await db()
		.select({ id: clocks.id, caseId: clocks.caseId, notifyAt: clocks.notifyAt })
		.from(clocks)
		.where(
			and(
				running,
				lte(clocks.notifyAt, now()),
				after &&
					or(gt(clocks.notifyAt, after.notifyAt), and(eq(clocks.notifyAt, after.notifyAt), gt(clocks.id, after.id)))
			)
		)
		.orderBy(asc(clocks.notifyAt), asc(clocks.id))
		.limit(limit);
	return rows.map(({ notifyAt, ...clock }) => ({ ...clock, notifyAt: notifyAt ?? now() }));
}

/** A deadline that reached stages without a notification yet. Staff are notified only of the last one, `stage`. */
export interface ReachedStage {
	clock: ClockRow & { dueAt: Date };
	stage: ClockStage;
}

/**
 * Records on the timeline which stages the deadlines of a case have reached, and marks them as notified, in the
 * caller's transaction. The case is locked first, so a second caller finds no stage left.
 */
export async function reachStages(tx: Tx, caseId: number) {
	const caseWithUnit = await lockCase(tx, caseId);
	const { row, unit } = caseWithUnit;
	const due = await tx
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, caseId), running, lte(clocks.notifyAt, now())))
		.orderBy(asc(clocks.dueAt), asc(clocks.name));
	const reached: ReachedStage[] = [];
	for (const clock of due) {
		const { dueAt } = clock;
		const stages = reachedStages(clock, unit.timeZone, now());
		const stage = stages.at(-1);
		if (!stage || !dueAt) continue;
		const notified = notifiedColumns(clock, unit.timeZone, stages);
		await tx
			.update(clocks)
			.set({ ...notified, notifyAt: nextNotificationAt({ ...clock, ...notified }, unit.timeZone) })
			.where(eq(clocks.id, clock.id));
		const data = { clock: clock.name, run: clock.run, due_at: dueAt.toISOString() };
		await recordEvent(tx, row, { type: `clock_${stage}`, author: 'system', public: false, data });
		reached.push({ clock: { ...clock, dueAt }, stage });
	}
	return { caseWithUnit, reached };
}
