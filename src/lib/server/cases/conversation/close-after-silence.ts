import { and, asc, eq, inArray, lt, lte, notInArray, sql, type SQL } from 'drizzle-orm';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { workdayStart } from '#lib/calendar/workday-hours.ts';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { dueFrom, type ClockRow } from '../clocks/case-clocks.ts';
import { lockCase, type CaseRow, type CaseWithUnit, type UnitRow } from '../find.ts';
import { archiveNow } from '../handling/archive.ts';
import { recordEvent } from '../timeline.ts';
import { closeCase } from './reporter-reply.ts';

const BATCH = 200;
/** Batches per sweep. Further cases wait for the next sweep, a minute later. */
const BATCHES = 25;

/** Closes or archives cases whose reporter's turn has ended. Reminds reporters of open questions twice. */
export async function sweepReporterTurns(): Promise<void> {
	// A case that fails is not read again in this sweep, so it does not block later ones.
	const tried: number[] = [];
	for (let batch = 0; batch < BATCHES; batch++) {
		const ended = await endedTurns(tried);
		await eachInTransaction(ended, (tx, { id }) => closeOrArchive(tx, id), 'a reporter’s turn could not be ended');
		tried.push(...ended.map(({ id }) => id));
		if (ended.length < BATCH) break;
	}
	await remind();
}

/** Cases whose reporter's turn has ended, the earliest first, without those in `tried`. */
function endedTurns(tried: readonly number[]) {
	const isEnded = and(runningTurn, lte(clocks.dueAt, now()), inArray(cases.status, ['answered', 'needs_info']));
	return db()
		.select({ id: clocks.caseId })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(and(isEnded, notInArray(clocks.caseId, [...tried])))
		.orderBy(asc(clocks.dueAt), asc(clocks.caseId))
		.limit(BATCH);
}

const runningTurn = and(eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running'));

async function closeOrArchive(tx: Tx, caseId: number): Promise<void> {
	const caseWithUnit = await lockCase(tx, caseId);
	const [turn] = await tx
		.select({ clock: clocks, given, remindedAt })
		.from(clocks)
		.where(and(eq(clocks.caseId, caseId), runningTurn, lte(clocks.dueAt, now())));
	if (!turn) return;
	if (caseWithUnit.row.status === 'answered') await closeCase(tx, caseWithUnit, 'system');
	if (caseWithUnit.row.status !== 'needs_info') return;
	const calendar = await loadCalendar();
	if (isReminderDue(turn, caseWithUnit.unit, calendar)) await remindLate(tx, caseWithUnit, turn.clock, calendar);
	else await archiveNow(tx, 'system', caseWithUnit, { archiveReason: 'incomplete' });
}

/** Sends a reminder that was missed, for example while the site was off, and lets the turn end a working day later. */
async function remindLate(tx: Tx, { row, unit }: CaseWithUnit, { id }: ClockRow, calendar: Calendar): Promise<void> {
	const { dueAt } = dueFrom(now(), { days: 1, dayUnit: 'working' }, unit, calendar);
	const [clock] = await tx.update(clocks).set({ dueAt }).where(eq(clocks.id, id)).returning();
	if (clock) await recordReminder(tx, row, clock);
}

/** When the reporter is reminded of a question: at half of the turn, and three days before its end. */
export function reminderDays(counted: readonly string[]): string[] {
	const half = counted[Math.ceil(counted.length / 2) - 1];
	const threeBefore = counted[counted.length - 4];
	return [...new Set([half, threeBefore].filter((day) => day !== undefined))];
}

/** Reminders per turn. */
const REMINDERS = 2;

const ofTurn = sql`from ${timeline} where ${timeline.caseId} = ${clocks.caseId}
	and ${timeline.type} = 'clock_reminder' and (${timeline.data} ->> 'run')::int = ${clocks.run}`;
const given = sql<number>`(select count(*)::int ${ofTurn})`;
const remindedAt = sql<Date | null>`(select max(${timeline.at}) ${ofTurn})`.mapWith(timeline.at);

/** Open questions to reporters, with the number of reminders sent. */
const openQuestions = (on: Database | Tx, condition: SQL | undefined) =>
	on
		.select({ clock: clocks, unit: units, given, remindedAt })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.status, 'needs_info'), runningTurn, condition));

async function remind(): Promise<void> {
	// No reminder before half of the days, working or calendar, have passed.
	const half = sql`${clocks.startAt} <= ${now().toISOString()}::timestamptz - make_interval(days => ${clocks.days} / 2 - 1)`;
	const waiting = await openQuestions(db(), and(lt(given, REMINDERS), half));
	const calendar = await loadCalendar();
	const due = waiting.filter(({ unit, ...turn }) => isReminderDue(turn, unit, calendar)).map(({ clock }) => clock);
	await eachInTransaction(due, (tx, clock) => remindOne(tx, clock, calendar), 'a reporter could not be reminded');
}

async function remindOne(tx: Tx, { id, caseId }: ClockRow, calendar: Calendar): Promise<void> {
	const { row } = await lockCase(tx, caseId);
	const [still] = await openQuestions(tx, eq(clocks.id, id));
	if (still && isReminderDue(still, still.unit, calendar)) await recordReminder(tx, row, still.clock);
}

async function recordReminder(tx: Tx, row: CaseRow, clock: ClockRow): Promise<void> {
	const data = { clock: clock.name, run: clock.run, due_at: clock.dueAt?.toISOString() ?? null };
	await recordEvent(tx, row, { type: 'clock_reminder', author: 'system', public: true, data });
}

/** Whether a reminder is due that was not sent. One that was sent late counts for all that were due by then. */
function isReminderDue(
	{ clock, given, remindedAt }: { clock: ClockRow; given: number; remindedAt: Date | null },
	unit: UnitRow,
	calendar: Calendar
): boolean {
	const sent = remindedAt ? Math.max(given, remindersBy(remindedAt, clock, unit, calendar)) : given;
	return remindersBy(now(), clock, unit, calendar) > sent;
}

/** The number of reminders due by `at`. */
function remindersBy(at: Date, clock: ClockRow, unit: UnitRow, calendar: Calendar): number {
	const { counted } = dueFrom(clock.startAt, clock, unit, calendar);
	const days = [...counted];
	// The reporter may have been told a later day than the present calendar gives.
	const last = clock.dueAt ? localDate(clock.dueAt, unit.timeZone) : '';
	for (let day = addDays(days.at(-1) ?? last, 1); day <= last; day = addDays(day, 1))
		if (clock.dayUnit === 'calendar' || isWorkingDay(day, calendar)) days.push(day);
	return reminderDays(days).filter((day) => workdayStart(day, unit.hours, unit.timeZone) <= at).length;
}
