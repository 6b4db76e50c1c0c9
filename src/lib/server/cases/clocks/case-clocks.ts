import { isDeepStrictEqual } from 'node:util';
import { eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { computeDue, pausedDays, type Pause } from '#lib/calendar/deadline-calculator.ts';
import { PAUSING_CLOCKS, type ClockRule } from '#lib/calendar/clock-rules.ts';
import type { Calendar } from '#lib/calendar/working-calendar.ts';
import { nextNotificationAt } from '#lib/cases/clock-stages.ts';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { clocks as clockRows, pauses } from '#lib/server/db/schema/clocks.ts';
import { clockOutcomes } from '#lib/server/db/schema/recap.ts';
import type { CaseRow, CaseWithUnit, UnitRow } from '../find.ts';

export type ClockRow = typeof clockRows.$inferSelect;
type Clock = Omit<ClockRow, 'caseId'>;
type Span = Omit<typeof pauses.$inferSelect, 'caseId'>;
type Outcome = Omit<typeof clockOutcomes.$inferInsert, 'caseId' | 'unitId'>;

/**
 * A case's deadlines and pauses, in memory. A deadline that is restarted gets a new run; its earlier runs are kept. A
 * verb locks the case, loads this, and changes it with the functions below. It stores the due time that
 * `recomputeClocks` returns with its move. `storeClocks` stores the rows that changed.
 */
export interface CaseClocks {
	readonly unit: UnitRow;
	readonly calendar: Calendar;
	readonly stored: { runs: readonly Clock[]; spans: readonly Span[] };
	runs: readonly Clock[];
	spans: readonly Span[];
	/** The deadlines of the office that were met since loading. */
	outcomes: readonly Outcome[];
}

/** The deadlines of a case that is not inserted yet: none. */
export const noClocks = async (unit: UnitRow): Promise<CaseClocks> => inMemory(unit, await loadCalendar(), [], []);

export async function loadClocks(tx: Tx, found: CaseWithUnit): Promise<CaseClocks> {
	return (await loadClocksOfAll(tx, [found])).get(found) ?? noClocks(found.unit);
}

/** `loadClocks` for several locked cases. Pass `calendar` if it is already loaded. */
export async function loadClocksOfAll(
	tx: Tx,
	found: readonly CaseWithUnit[],
	calendar?: Calendar
): Promise<Map<CaseWithUnit, CaseClocks>> {
	const { caseId, ...columns } = getTableColumns(clockRows);
	const { id, why, fromAt, toAt } = pauses;
	const rows = await tx
		.select({ caseId, clock: columns, span: { id, why, fromAt, toAt } })
		.from(clockRows)
		.leftJoin(pauses, eq(pauses.caseId, caseId))
		.where(
			inArray(
				caseId,
				found.map(({ row }) => row.id)
			)
		);
	const ofCase = Map.groupBy(rows, (row) => row.caseId);
	const present = calendar ?? (await loadCalendar());
	return new Map(
		found.map((one) => {
			const its = ofCase.get(one.row.id) ?? [];
			const all = new Map(its.map(({ clock }) => [clock.id, clock]));
			const spans = new Map(its.flatMap(({ span }) => (span ? [[span.id, span] as const] : [])));
			return [one, inMemory(one.unit, present, [...all.values()], [...spans.values()])];
		})
	);
}

const inMemory = (unit: UnitRow, calendar: Calendar, all: readonly Clock[], spans: readonly Span[]): CaseClocks => ({
	unit,
	calendar,
	stored: { runs: all, spans },
	runs: all,
	spans,
	outcomes: []
});

/** A case after its move, with its deadlines in memory. */
interface Loaded {
	row: Pick<CaseRow, 'id' | 'unitId'>;
	clocks: CaseClocks;
}

/** Stores the rows that changed, and the outcomes, of one or several cases in one statement. */
export async function storeClocks(tx: Tx, ...loaded: readonly Loaded[]): Promise<void> {
	const writes = clockWrites(tx, ...loaded);
	if (writes.length > 0)
		await tx
			.with(...writes)
			.select({ stored: sql`true` })
			.from(sql`(select) stored`);
}

/** The writes of `storeClocks` as CTEs, for a caller that adds them to its own statement. */
export function clockWrites(tx: Tx, ...loaded: readonly Loaded[]) {
	const changed = <R extends { id: string }>(caseId: number, rows: readonly R[], stored: readonly R[]) =>
		rows
			.filter((one) => !stored.some((before) => before === one || isDeepStrictEqual(before, one)))
			.map((one) => ({ ...one, caseId }));
	const spans = loaded.flatMap(({ row, clocks }) => changed(row.id, clocks.spans, clocks.stored.spans));
	const runs = loaded.flatMap(({ row, clocks }) => changed(row.id, clocks.runs, clocks.stored.runs));
	const outcomes = loaded.flatMap(({ row: { id: caseId, unitId }, clocks }) =>
		clocks.outcomes.map((outcome) => ({ ...outcome, caseId, unitId }))
	);
	const ended = { toAt: sql`excluded.to_at` };
	const pausing = () => tx.insert(pauses).values(spans).onConflictDoUpdate({ target: pauses.id, set: ended });
	const running = () => tx.insert(clockRows).values(runs).onConflictDoUpdate({ target: clockRows.id, set: CHANGED });
	return [
		spans.length > 0 && tx.$with('pausing').as(pausing()),
		runs.length > 0 && tx.$with('running').as(running()),
		outcomes.length > 0 && tx.$with('met').as(tx.insert(clockOutcomes).values(outcomes))
	].filter((write) => write !== false);
}

/** The columns of a stored deadline that a verb may change. */
const CHANGED = {
	startAt: sql`excluded.start_at`,
	days: sql`excluded.days`,
	dayUnit: sql`excluded.day_unit`,
	basis: sql`excluded.basis`,
	pausable: sql`excluded.pausable`,
	state: sql`excluded.state`,
	dueAt: sql`excluded.due_at`,
	warnAt: sql`excluded.warn_at`,
	alertAt: sql`excluded.alert_at`,
	metAt: sql`excluded.met_at`,
	late: sql`excluded.late`,
	provisional: sql`excluded.provisional`,
	skipped: sql`excluded.skipped`,
	notifyAt: sql`excluded.notify_at`
};

const isActive = ({ state }: Clock) => state === 'running' || state === 'paused';

/** The latest run of a deadline. */
const latestRun = (clocks: CaseClocks, name: ClockName) =>
	clocks.runs.filter((clock) => clock.name === name).reduce((last, { run }) => Math.max(last, run), 0);

export const clockNamed = (clocks: CaseClocks, name: ClockName): Clock | undefined =>
	clocks.runs.find((clock) => clock.name === name && clock.run === latestRun(clocks, name));

/** Replaces the deadlines that `which` accepts. */
function change(clocks: CaseClocks, which: (clock: Clock) => boolean, changes: (clock: Clock) => Partial<Clock>): void {
	clocks.runs = clocks.runs.map((clock) => (which(clock) ? { ...clock, ...changes(clock) } : clock));
}

/** The columns that a deadline copies from its rule. */
const columnsOfRule = ({ name, days, dayUnit, basis }: ClockRule) => ({
	days,
	dayUnit,
	basis,
	pausable: dayUnit === 'working' && PAUSING_CLOCKS.includes(name)
});

/** Starts deadlines at `startAt`. A deadline that ran before gets a new run. Former runs stay stored. */
export function startClocks(clocks: CaseClocks, rules: readonly ClockRule[], startAt: Date): void {
	const untouched = { metAt: null, late: false, warnedFor: null, alertedFor: null, overdueFor: null };
	const notComputed = { dueAt: null, warnAt: null, alertAt: null, notifyAt: null, provisional: false, skipped: [] };
	const started = rules.map((rule): Clock => {
		const { name } = rule;
		const run = latestRun(clocks, name) + 1;
		const columns = { ...columnsOfRule(rule), ...untouched, ...notComputed };
		return { id: crypto.randomUUID(), name, run, startAt, state: 'running', ...columns };
	});
	clocks.runs = [...clocks.runs, ...started];
}

/** Marks these deadlines as met, in time or late. Notes the outcome of each deadline of the office. */
export function meetClocks(clocks: CaseClocks, names: readonly ClockName[], at: Date): void {
	const { calendar, unit } = clocks;
	const { hours, timeZone: zone } = unit;
	const endedOn = localDate(at, zone);
	const isMet = (clock: Clock) => names.includes(clock.name) && isActive(clock);
	const isLate = ({ dueAt }: Clock) => dueAt !== null && dueAt < at;
	const outcomes = clocks.runs
		.filter((clock) => isMet(clock) && clock.name !== 'reporter_turn')
		.map((clock): Outcome => {
			const { id: clockId, name, dayUnit, dueAt, startAt: start } = clock;
			const startedOn = localDate(start, zone);
			const paused = pausedDays({ start, calendar, hours, zone, pauses: pausesOf(clock, clocks) }, at);
			return { clockId, name, dayUnit, startedOn, endedOn, pausedDays: paused, at, dueAt, late: isLate(clock) };
		});
	clocks.outcomes = [...clocks.outcomes, ...outcomes];
	change(clocks, isMet, (clock) => ({ state: 'met', metAt: at, late: isLate(clock) }));
}

/** Stops these deadlines. They count neither as met nor as missed. */
export function stopClocks(clocks: CaseClocks, names: readonly ClockName[]): void {
	change(
		clocks,
		(clock) => names.includes(clock.name) && isActive(clock),
		() => ({ state: 'stopped' })
	);
}

/** Resumes the latest run of a deadline that was met or stopped. */
export function resumeClock(clocks: CaseClocks, name: ClockName): void {
	const run = latestRun(clocks, name);
	change(
		clocks,
		(clock) => clock.name === name && clock.run === run,
		() => ({ state: 'running', metAt: null, late: false })
	);
}

/** Moves the start of a running deadline to `at`, if that is later. */
export function startLater(clocks: CaseClocks, name: ClockName, at: Date): void {
	change(
		clocks,
		(clock) => clock.name === name && clock.state === 'running' && clock.startAt < at,
		() => ({ startAt: at })
	);
}

/** Gives the runs of a deadline the days of another rule, still counted from their start. */
export function replaceRule(clocks: CaseClocks, rule: ClockRule): void {
	change(
		clocks,
		({ name }) => name === rule.name,
		() => columnsOfRule(rule)
	);
}

/** Opens a pause at `at`. `pausesOf` says which deadlines it stops. */
export function pauseFrom(clocks: CaseClocks, why: Span['why'], at: Date): void {
	clocks.spans = [...clocks.spans, { id: crypto.randomUUID(), why, fromAt: at, toAt: null }];
}

export function endPauses(clocks: CaseClocks, at: Date): void {
	clocks.spans = clocks.spans.map((span) => (span.toAt ? span : { ...span, toAt: at }));
}

/**
 * Recomputes the running and paused deadlines, after a start, a pause, or a change of class or calendar.
 *
 * @returns the due time of the office's earliest deadline, by which inboxes are ordered: `dueAt` of the case
 */
export function recomputeClocks(clocks: CaseClocks): Date | null {
	change(clocks, isActive, (clock) => computed(clock, clocks));
	const running = clocks.runs.filter(({ name, state }) => name !== 'reporter_turn' && state === 'running');
	const times = running.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a.getTime() - b.getTime());
	return times[0] ?? null;
}

/** The pauses that stop a deadline. */
const pausesOf = ({ name, pausable }: Clock, { spans }: CaseClocks): Pause[] =>
	spans
		.filter(({ why }) => pausable && (why === 'needs_info' || name === 'solution'))
		.map(({ fromAt, toAt }) => ({ from: fromAt, to: toAt }));

/** The calculated due times of a deadline, as columns. */
function computed(clock: Clock, clocks: CaseClocks) {
	const { unit, calendar } = clocks;
	const due = dueFrom(clock.startAt, clock, unit, calendar, pausesOf(clock, clocks));
	// The reporter was told this day. A changed calendar or office may move it later, never earlier.
	const keeps = clock.name === 'reporter_turn' && clock.dueAt && due.dueAt && due.dueAt < clock.dueAt;
	const { dueAt, warnAt, alertAt, skipped } = keeps ? clock : due;
	const { provisional } = due;
	const notifyAt = nextNotificationAt({ ...clock, dueAt, warnAt, alertAt }, unit.timeZone);
	const state = dueAt ? ('running' as const) : ('paused' as const);
	return { dueAt, warnAt, alertAt, provisional, skipped, notifyAt, state };
}

/** When a deadline that starts at `start` is due at an office, with the explanation. */
export function dueFrom(
	start: Date,
	{ days, dayUnit }: Pick<ClockRule, 'days' | 'dayUnit'>,
	{ hours, timeZone: zone }: Pick<UnitRow, 'hours' | 'timeZone'>,
	calendar: Calendar,
	spans: readonly Pause[] = []
) {
	return computeDue({ start, days, dayUnit, calendar, hours, zone, pauses: spans });
}
