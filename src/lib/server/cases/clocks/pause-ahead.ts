import { and, eq, ne } from 'drizzle-orm';
import { computeDue } from '#lib/calendar/calculator.ts';
import { PAUSING_QUESTIONS } from '#lib/cases/status.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { promisedRules } from './deadlines.ts';
import { caseForActor, type CaseWithUnit } from '../find.ts';

/** Effect of a question on a case's deadlines if it were asked now. */
export interface PauseAhead {
	/** Deadlines that would be paused; none after the second question. */
	pauses: ClockName[];
	/** Deadlines that would continue. */
	goesOn: ClockName[];
	/** End of the reporter's turn, and of the pause at the latest. */
	until: Date | null;
}

/** Deadlines that the question itself meets are not paused. */
const MET_BY_ASKING: readonly ClockName[] = ['first_reply', 'response_by_law'];

export async function pauseAhead(actor: Actor, reference: string): Promise<PauseAhead> {
	return pauseAheadOf(await caseForActor(actor, reference));
}

/** The same for a case that is already loaded. */
export async function pauseAheadOf({ row, unit }: CaseWithUnit): Promise<PauseAhead> {
	const running = await db()
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, row.id), eq(clocks.state, 'running'), ne(clocks.name, 'reporter_turn')));
	const owed = running.filter(({ name }) => !MET_BY_ASKING.includes(name));
	const stands = row.questions < PAUSING_QUESTIONS;
	const [turn] = (await promisedRules(db(), row)).needs_info;
	const until = turn
		? computeDue({
				start: now(),
				days: turn.days,
				dayUnit: turn.dayUnit,
				calendar: await loadCalendar(db()),
				hours: unit.hours,
				zone: unit.timeZone
			}).dueAt
		: null;
	return {
		pauses: owed.filter(({ pausable }) => stands && pausable).map(({ name }) => name),
		goesOn: owed.filter(({ pausable }) => !stands || !pausable).map(({ name }) => name),
		until
	};
}
