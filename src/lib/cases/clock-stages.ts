import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ClockName } from './vocabulary.ts';

/** Stages at which staff are notified of a deadline, the most serious last. */
export type ClockStage = 'warning' | 'alert' | 'overdue';

/** For each stage, the due day of the last notification. */
interface NotifiedStages {
	warnedFor: LocalDate | null;
	alertedFor: LocalDate | null;
	overdueFor: LocalDate | null;
}

interface NotifiableClock extends NotifiedStages {
	name: ClockName;
	warnAt: Date | null;
	alertAt: Date | null;
	dueAt: Date | null;
}

/**
 * The stages without a notification yet, with their times, in order. Staff are notified of a stage once per due day. If
 * the deadline moves to a later day, they are notified again; to an earlier day, they are not. `reporter_turn` has no
 * stages, because it is the reporter's deadline and not the office's.
 */
function remainingStages(clock: NotifiableClock, zone: string): { stage: ClockStage; at: Date }[] {
	const { dueAt, warnAt, alertAt } = clock;
	if (clock.name === 'reporter_turn' || !dueAt || !warnAt || !alertAt) return [];
	const due = localDate(dueAt, zone);
	const unlessNotified = (stage: ClockStage, at: Date, notifiedFor: LocalDate | null) =>
		notifiedFor === null || due > notifiedFor ? [{ stage, at }] : [];
	return [
		...unlessNotified('warning', warnAt, clock.warnedFor),
		...unlessNotified('alert', alertAt, clock.alertedFor),
		...unlessNotified('overdue', dueAt, clock.overdueFor)
	];
}

/** When staff are next notified of the deadline. null if no stage remains. */
export function nextNotificationAt(clock: NotifiableClock, zone: string): Date | null {
	return remainingStages(clock, zone)[0]?.at ?? null;
}

/**
 * The stages to notify at `at`. There are several if they begin together (a deadline of three days warns and alerts on
 * the same morning) or if earlier notifications are late. At exactly `dueAt` a deadline is not overdue yet.
 */
export function reachedStages(clock: NotifiableClock, zone: string, at: Date): ClockStage[] {
	return remainingStages(clock, zone)
		.filter(({ stage, at: from }) => (stage === 'overdue' ? from < at : from <= at))
		.map(({ stage }) => stage);
}

/** The columns that record these stages as notified for the present due day. */
export function notifiedColumns(clock: NotifiableClock, zone: string, stages: readonly ClockStage[]): NotifiedStages {
	const { warnedFor, alertedFor, overdueFor, dueAt } = clock;
	const due = dueAt && localDate(dueAt, zone);
	return {
		warnedFor: stages.includes('warning') ? due : warnedFor,
		alertedFor: stages.includes('alert') ? due : alertedFor,
		overdueFor: stages.includes('overdue') ? due : overdueFor
	};
}
