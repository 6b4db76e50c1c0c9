import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ClockName } from './vocabulary.ts';

/** Stages of a deadline of which staff are notified, the most serious last. */
export type ClockStage = 'warning' | 'alert' | 'overdue';

/** The due day for which each stage was last told. */
interface StagesTold {
	warnedFor: LocalDate | null;
	alertedFor: LocalDate | null;
	overdueFor: LocalDate | null;
}

interface TellableClock extends StagesTold {
	name: ClockName;
	warnAt: Date | null;
	alertAt: Date | null;
	dueAt: Date | null;
}

/**
 * Stages still to be told, with their moments, in order. What was told of a due day is not told of it again, nor of an
 * earlier one; where the clock was recomputed to a later day, each stage is told once more. The reporter's own time is
 * nothing staff owe.
 */
function stagesLeft(clock: TellableClock, zone: string): { stage: ClockStage; at: Date }[] {
	const { dueAt, warnAt, alertAt } = clock;
	if (clock.name === 'reporter_turn' || !dueAt || !warnAt || !alertAt) return [];
	const due = localDate(dueAt, zone);
	const left = (stage: ClockStage, at: Date, toldFor: LocalDate | null) =>
		toldFor === null || due > toldFor ? [{ stage, at }] : [];
	return [
		...left('warning', warnAt, clock.warnedFor),
		...left('alert', alertAt, clock.alertedFor),
		...left('overdue', dueAt, clock.overdueFor)
	];
}

/** When staff are next notified of the deadline; null if no stage is left. */
export function nextTelling(clock: TellableClock, zone: string): Date | null {
	return stagesLeft(clock, zone)[0]?.at ?? null;
}

/**
 * The stages to be told at `at`. Several where they fall together (a clock of three days warns and alerts on the same
 * morning) or where nobody told them in time: then the last one says it all. At its very moment a promise can still
 * be kept; overdue is after it.
 */
export function stagesReached(clock: TellableClock, zone: string, at: Date): ClockStage[] {
	return stagesLeft(clock, zone)
		.filter(({ stage, at: from }) => (stage === 'overdue' ? from < at : from <= at))
		.map(({ stage }) => stage);
}

/** The columns that record these stages as notified for the present due day. */
export function afterTelling(clock: TellableClock, zone: string, stages: readonly ClockStage[]): StagesTold {
	const { warnedFor, alertedFor, overdueFor, dueAt } = clock;
	const due = dueAt && localDate(dueAt, zone);
	return {
		warnedFor: stages.includes('warning') ? due : warnedFor,
		alertedFor: stages.includes('alert') ? due : alertedFor,
		overdueFor: stages.includes('overdue') ? due : overdueFor
	};
}
