import { and, asc, eq, inArray, not, sql } from 'drizzle-orm';
import { applyCalendarChange } from '#lib/server/calendar/change-days-off.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeUnit } from '#lib/server/people/units/units.ts';
import { recomputeCase } from './deadlines.ts';
import { lockCase } from '../find.ts';
import { recordEvent } from '../timeline.ts';
import { hiddenFrom } from '../visibility.ts';

/**
 * Recomputes the running deadlines of every case and writes a timeline entry to each case whose due time moved or
 * became certain. @returns how many cases changed, without those whose existence is hidden from the actor
 */
async function recomputeOpenCases(tx: Tx, actor: Actor, why: string, unitId?: string): Promise<number> {
	const open = await tx
		.selectDistinct({ id: cases.id, isShown: sql<boolean>`${not(hiddenFrom(actor))}` })
		.from(cases)
		.innerJoin(clocks, eq(clocks.caseId, cases.id))
		.where(and(inArray(clocks.state, ['running', 'paused']), unitId ? eq(cases.unitId, unitId) : undefined))
		.orderBy(asc(cases.id));
	// Read once, because each read inside a transaction that changed the calendar loads all reference data again.
	const calendar = await loadCalendar();
	let moved = 0;
	for (const { id, isShown } of open) {
		const caseWithUnit = await lockCase(tx, id);
		const changed = await recomputeCase(tx, caseWithUnit, calendar);
		if (changed.length === 0) continue;
		if (isShown) moved += 1;
		const now = changed.map(({ name, dueAt, provisional }) => ({
			name,
			due_at: dueAt?.toISOString() ?? null,
			provisional
		}));
		await recordEvent(tx, caseWithUnit.row, {
			type: 'calendar_changed',
			author: actor,
			public: true,
			data: { why, clocks: now }
		});
	}
	return moved;
}

/**
 * Makes a change and recomputes running deadlines in one commit, and after it once more: a case that was opened meanwhile
 * still has the deadlines of before. The second time writes only what differs.
 *
 * @param change returns why, for the timelines; undefined if no deadline can change
 * @param confirm gets the number of changed cases before the commit, and throws to undo everything
 */
async function recomputeAfter(
	actor: Actor,
	change: (tx: Tx) => Promise<string | undefined>,
	unitId?: string,
	confirm?: (moved: number) => void
): Promise<number> {
	let why: string | undefined;
	const recompute = (tx: Tx) => (why === undefined ? 0 : recomputeOpenCases(tx, actor, why, unitId));
	const moved = await transaction(async (tx) => {
		why = await change(tx);
		const count = await recompute(tx);
		confirm?.(count);
		return count;
	});
	return moved + (await transaction(async (tx) => recompute(tx)));
}

/**
 * Changes the days off and recomputes every running deadline, so that deadlines always match the calendar.
 *
 * @returns how many cases have a new due time, or one that is no longer provisional
 * @throws as `applyCalendarChange`
 */
export async function changeCalendar(actor: Actor, raw: unknown): Promise<number> {
	return recomputeAfter(actor, (tx) => applyCalendarChange(tx, actor, raw));
}

/**
 * Changes an office and, if its hours or zone changed, recomputes its running deadlines.
 *
 * @param ask refuses a change that moves deadlines, with their number, until the person has confirmed it
 * @returns how many cases have a new due time
 * @throws as `changeUnit` · Invalid `admin_hours_move`
 */
export async function changeOffice(actor: Actor, unitId: string, raw: unknown, ask = false): Promise<number> {
	const change = async (tx: Tx) => {
		const { name, hoursChanged } = await changeUnit(tx, actor, unitId, raw);
		return hoursChanged ? name : undefined;
	};
	return recomputeAfter(actor, change, unitId, (count) => {
		if (ask && count > 0) throw invalid('recompute', 'admin_hours_move', { count });
	});
}
