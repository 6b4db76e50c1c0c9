import { and, eq, ne } from 'drizzle-orm';
import { computeDue } from '../../calendar/calculator.ts';
import { PAUSING_QUESTIONS } from '../../cases/status.ts';
import type { ClockName } from '../../cases/vocabulary.ts';
import { loadCalendar } from '../calendar/load.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { clocks } from '../db/schema/clocks.ts';
import type { Actor } from '../people/actor.ts';
import { promisedRules } from './deadlines.ts';
import { caseForActor, type CaseWithUnit } from './find.ts';

/** What a question would do to a case's clocks if it were asked now. */
export interface PauseAhead {
	/** Those that would stand still; none after the second question. */
	pauses: ClockName[];
	/** Those that the office is held to all the same. */
	goesOn: ClockName[];
	/** When the reporter's turn would end: until then at the latest the clocks stand. */
	until: Date | null;
}

/** What the question itself meets is no longer there to be paused. */
const MET_BY_ASKING: readonly ClockName[] = ['first_reply', 'response_by_law'];

export async function pauseAhead(actor: Actor, reference: string): Promise<PauseAhead> {
	return pauseAheadOf(await caseForActor(actor, reference));
}

/** The same for a case that is at hand. */
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
