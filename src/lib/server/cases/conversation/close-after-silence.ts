import { and, asc, eq, inArray, lt, lte, notInArray, sql, type SQL } from 'drizzle-orm';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { workdayStart } from '#lib/calendar/workday-hours.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { dueFrom, type ClockRow } from '../clocks/case-clocks.ts';
import { lockCase, type UnitRow } from '../find.ts';
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
		for (const caseId of ended) await inOwnTransaction(caseId, (tx) => closeOrArchive(tx, caseId));
		tried.push(...ended);
		if (ended.length < BATCH) break;
	}
	await remind();
}

/** Cases whose reporter's turn has ended, the earliest first, without those in `tried`. */
async function endedTurns(tried: readonly number[]): Promise<number[]> {
	const isEnded = and(runningTurn, lte(clocks.dueAt, now()), inArray(cases.status, ['answered', 'needs_info']));
	const rows = await db()
		.select({ caseId: clocks.caseId })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(and(isEnded, notInArray(clocks.caseId, [...tried])))
		.orderBy(asc(clocks.dueAt), asc(clocks.caseId))
		.limit(BATCH);
	return rows.map(({ caseId }) => caseId);
}

const runningTurn = and(eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running'));

async function closeOrArchive(tx: Tx, caseId: number): Promise<void> {
	const caseWithUnit = await lockCase(tx, caseId);
	const over = await tx.$count(clocks, and(eq(clocks.caseId, caseId), runningTurn, lte(clocks.dueAt, now())));
	if (over === 0) return;
	if (caseWithUnit.row.status === 'answered') await closeCase(tx, caseWithUnit, 'system');
	else if (caseWithUnit.row.status === 'needs_info')
		await archiveNow(tx, 'system', caseWithUnit, { archiveReason: 'incomplete' });
}

/** When the reporter is reminded of a question: at half of the turn, and three days before its end. */
export function reminderDays(counted: readonly string[]): string[] {
	const half = counted[Math.ceil(counted.length / 2) - 1];
	const threeBefore = counted[counted.length - 4];
	return [...new Set([half, threeBefore].filter((day) => day !== undefined))];
}

/** Reminders per turn. */
const REMINDERS = 2;

const given = sql<number>`(select count(*)::int from ${timeline} where ${timeline.caseId} = ${clocks.caseId}
	and ${timeline.type} = 'clock_reminder' and (${timeline.data} ->> 'run')::int = ${clocks.run})`;

/** Open questions to reporters, with the number of reminders sent. */
const openQuestions = (on: Database | Tx, condition: SQL | undefined) =>
	on
		.select({ clock: clocks, unit: units, given })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(eq(cases.status, 'needs_info'), runningTurn, condition));

async function remind(): Promise<void> {
	// No reminder before half of the days, working or calendar, have passed.
	const half = sql`${clocks.startAt} <= ${now().toISOString()}::timestamptz - make_interval(days => ${clocks.days} / 2 - 1)`;
	const waiting = await openQuestions(db(), and(lt(given, REMINDERS), half));
	const calendar = await loadCalendar();
	for (const { clock, unit, given } of waiting) {
		if (remindersBy(now(), clock, unit, calendar) > given)
			await inOwnTransaction(clock.caseId, (tx) => remindOne(tx, clock, calendar));
	}
}

async function remindOne(tx: Tx, { id, caseId }: ClockRow, calendar: Calendar): Promise<void> {
	const { row } = await lockCase(tx, caseId);
	const [still] = await openQuestions(tx, eq(clocks.id, id));
	if (!still) return;
	const { clock, unit } = still;
	if (remindersBy(now(), clock, unit, calendar) <= still.given) return;
	const data = { clock: clock.name, run: clock.run, due_at: clock.dueAt?.toISOString() ?? null };
	await recordEvent(tx, row, { type: 'clock_reminder', author: 'system', public: true, data });
}

/** The number of reminders due by `at`. */
function remindersBy(at: Date, clock: ClockRow, unit: UnitRow, calendar: Calendar): number {
	const { counted } = dueFrom(clock.startAt, clock, unit, calendar);
	return reminderDays(counted).filter((day) => workdayStart(day, unit.hours, unit.timeZone) <= at).length;
}

/** Handles one case in its own transaction, so that a failing case does not block the others. */
async function inOwnTransaction(caseId: number, work: (tx: Tx) => Promise<void>): Promise<void> {
	try {
		await transaction(work);
	} catch (error) {
		log().error({ caseId, err: error }, 'a reporter’s turn could not be ended or reminded of');
	}
}
