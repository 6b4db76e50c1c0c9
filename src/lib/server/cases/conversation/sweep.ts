import { and, asc, eq, gt, inArray, lt, lte, sql } from 'drizzle-orm';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { computeDue } from '#lib/calendar/calculator.ts';
import { workdayStart } from '#lib/calendar/workday-hours.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { archiveNow } from '../handling/archive.ts';
import type { ClockRow } from '../clocks/deadlines.ts';
import { lockCase, type UnitRow } from '../find.ts';
import { closeCase } from './report-back.ts';
import { recordEvent } from '../timeline.ts';

const BATCH = 200;

/** Closes or archives cases whose reporter's turn has ended; before that, reminds reporters of open questions twice. */
export async function sweepReporterTurns(): Promise<void> {
	const due = await db()
		.select({ caseId: clocks.caseId })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(
			and(
				eq(clocks.name, 'reporter_turn'),
				eq(clocks.state, 'running'),
				lte(clocks.dueAt, now()),
				inArray(cases.status, ['answered', 'needs_info'])
			)
		)
		.limit(BATCH);
	for (const { caseId } of due) await alone(caseId, (tx) => endTurn(tx, caseId));
	await remind();
}

async function runningTurn(tx: Tx, caseId: number): Promise<ClockRow | undefined> {
	const [clock] = await tx
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, caseId), eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running')));
	return clock;
}

async function endTurn(tx: Tx, caseId: number): Promise<void> {
	const found = await lockCase(tx, caseId);
	const clock = await runningTurn(tx, caseId);
	if (!clock?.dueAt || clock.dueAt > now()) return;
	if (found.row.status === 'answered') await closeCase(tx, found.row, 'system');
	else if (found.row.status === 'needs_info') {
		const silent = {
			archiveReason: 'incomplete' as const,
			body: '',
			duplicateOf: null,
			id: '',
			singleSignature: false
		};
		await archiveNow(tx, 'system', found, silent);
	}
}

/** When the reporter is reminded of a question: at half of the turn, and three days before its end. */
export function reminderDays(counted: readonly string[]): string[] {
	const half = counted[Math.ceil(counted.length / 2) - 1];
	const threeBefore = counted[counted.length - 4];
	return [...new Set([half, threeBefore].filter((day) => day !== undefined))];
}

/** At most this many reminders belong to one turn. */
const REMINDERS = 2;

const given = sql<number>`(select count(*)::int from ${timeline} where ${timeline.caseId} = ${clocks.caseId}
	and ${timeline.type} = 'clock_reminder' and (${timeline.data} ->> 'run')::int = ${clocks.run})`;

/**
 * Sends all reminders that are due, a page at a time. Cases that need none yet must not block the ones behind them.
 */
async function remind(): Promise<void> {
	const at = now();
	let after: string | undefined;
	do {
		const page = await waitingAfter(after, at);
		if (page.length === 0) return;
		after = page.length < BATCH ? undefined : page.at(-1)?.clock.id;
		const calendar = await loadCalendar(db());
		for (const { clock, unit, given } of page) {
			if (remindersBy(at, clock, unit, calendar) > given)
				await alone(clock.caseId, (tx) => remindOne(tx, clock, calendar));
		}
	} while (after);
}

/** Questions at half of their turn or later, with the number of reminders sent, ordered by id. */
async function waitingAfter(after: string | undefined, at: Date) {
	return db()
		.select({ clock: clocks, unit: units, given })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(
			and(
				eq(cases.status, 'needs_info'),
				eq(clocks.name, 'reporter_turn'),
				eq(clocks.state, 'running'),
				lt(given, REMINDERS),
				// No reminder before half of the days, working or calendar, have passed.
				sql`${clocks.startAt} <= ${at.toISOString()}::timestamptz - make_interval(days => ${clocks.days} / 2 - 1)`,
				after === undefined ? undefined : gt(clocks.id, after)
			)
		)
		.orderBy(asc(clocks.id))
		.limit(BATCH);
}

async function remindOne(tx: Tx, { id, caseId }: ClockRow, calendar: Calendar): Promise<void> {
	const { row, unit } = await lockCase(tx, caseId);
	// Joined: without a join, column names lose their table, and `given` would count the reminders of every case.
	const [still] = await tx
		.select({ clock: clocks, given })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(eq(clocks.id, id));
	if (row.status !== 'needs_info' || still?.clock.state !== 'running') return;
	const { clock } = still;
	if (remindersBy(now(), clock, unit, calendar) <= still.given) return;
	await recordEvent(tx, row, {
		type: 'clock_reminder',
		author: 'system',
		public: true,
		data: { clock: clock.name, run: clock.run, due_at: clock.dueAt?.toISOString() ?? null }
	});
}

/** How many reminders the reporter should have got by `at`. */
function remindersBy(at: Date, clock: ClockRow, unit: UnitRow, calendar: Calendar): number {
	const { counted } = computeDue({
		start: clock.startAt,
		days: clock.days,
		dayUnit: clock.dayUnit,
		calendar,
		hours: unit.hours,
		zone: unit.timeZone
	});
	return reminderDays(counted).filter((day) => workdayStart(day, unit.hours, unit.timeZone) <= at).length;
}

/** Handles one case in its own transaction, so that a failing case does not block the others. */
async function alone(caseId: number, work: (tx: Tx) => Promise<void>): Promise<void> {
	try {
		await transaction(work);
	} catch (error) {
		log().error({ caseId, error }, 'a reporter’s turn could not be ended or reminded of');
	}
}
