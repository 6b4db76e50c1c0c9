import { and, eq, inArray, lte } from 'drizzle-orm';
import { loadCalendar } from '../calendar/load.ts';
import { computeDue } from '../../calendar/calculator.ts';
import { instantAt } from '../../calendar/days.ts';
import { now } from '../clock.ts';
import { db, transaction, type Tx } from '../db/index.ts';
import { cases, clocks, timeline } from '../db/schema/cases.ts';
import { archiveNow } from './archive.ts';
import type { ClockRow } from './deadlines.ts';
import { lockCase, type CaseWithUnit } from './find.ts';
import { closeCase } from './report-back.ts';
import { recordEvent } from './timeline.ts';

const BATCH = 200;

/** Reporters' turns that ran out close or archive their cases; before that, open questions are reminded of twice. */
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
	for (const { caseId } of due) await transaction((tx) => endTurn(tx, caseId));
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

/** Days of a question's turn on which the reporter is reminded: at half of it, and three days before its end. */
export function reminderDays(counted: readonly string[]): string[] {
	const half = counted[Math.ceil(counted.length / 2) - 1];
	const threeBefore = counted[counted.length - 4];
	return [...new Set([half, threeBefore].filter((day) => day !== undefined))];
}

async function remind(): Promise<void> {
	const waiting = await db()
		.select({ clock: clocks })
		.from(clocks)
		.innerJoin(cases, eq(cases.id, clocks.caseId))
		.where(and(eq(cases.status, 'needs_info'), eq(clocks.name, 'reporter_turn'), eq(clocks.state, 'running')))
		.limit(5000);
	for (const { clock } of waiting) await transaction((tx) => remindOne(tx, clock.caseId));
}

async function remindOne(tx: Tx, caseId: number): Promise<void> {
	const found = await lockCase(tx, caseId);
	const clock = await runningTurn(tx, caseId);
	if (!clock || found.row.status !== 'needs_info') return;
	const passed = await passedReminders(tx, found, clock);
	const given = await tx
		.select({ data: timeline.data })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), eq(timeline.type, 'clock_reminder')));
	const already = given.filter((entry) => entry.data.run === clock.run).length;
	if (passed <= already) return;
	await recordEvent(tx, found.row, {
		type: 'clock_reminder',
		author: 'system',
		public: true,
		data: { clock: clock.name, run: clock.run, due_at: clock.dueAt?.toISOString() ?? null }
	});
}

async function passedReminders(tx: Tx, { unit }: CaseWithUnit, clock: ClockRow): Promise<number> {
	const { counted } = computeDue({
		start: clock.startAt,
		days: clock.days,
		dayUnit: clock.dayUnit,
		calendar: await loadCalendar(tx),
		hours: unit.hours,
		zone: unit.timeZone
	});
	return reminderDays(counted).filter((day) => instantAt(day, unit.hours.start, unit.timeZone) <= now()).length;
}
