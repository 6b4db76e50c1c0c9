import * as fc from 'fast-check';
import { and, eq, or, sql } from 'drizzle-orm';
import { afterEach, expect, test } from 'vitest';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { monthEnd, monthStart, quarterStart, monthsOf } from '#lib/ratings/period.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import {
	ARRIVALS,
	flowSum,
	DEPARTURES,
	type FlowCell,
	type RecapFigures,
	type RecapScope
} from '#lib/recap/figures.ts';
import { ACTS, seenCases, makeProvince, play, type Province, type SeenCase } from '#lib/dev/testing/recap/history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { readUnitsAndRatings, recapFigures } from './figures.ts';

const ZONE = 'Asia/Makassar';
const numRuns = rounds({ quick: 1, all: 5 });

const cellOf = ({ kind, channel }: FlowCell) => (kind ? `${kind}/${channel}` : 'sealed');
const byCell = (cells: readonly FlowCell[], of: (cell: FlowCell) => number) =>
	Object.fromEntries(cells.map((cell) => [cellOf(cell), of(cell)]).filter(([, n]) => n !== 0));

function tally(seen: readonly SeenCase[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { cell, open } of seen) if (open) counts[cell] = (counts[cell] ?? 0) + 1;
	return counts;
}

const figuresOf = async (province: Province, unit: Unit, scope: RecapScope, period: { from: string; to: string }) =>
	withClock(
		() => province.clock.now,
		async () => recapFigures(db(), unit, scope, period, await readUnitsAndRatings(unit, scope, period))
	);

function checkSections(figures: RecapFigures): void {
	for (const cell of figures.flow) {
		const came = ARRIVALS.reduce((sum, move) => sum + cell[move], 0);
		const left = DEPARTURES.reduce((sum, move) => sum + cell[move], 0);
		expect(cell.opening + came - left).toBe(cell.open);
		expect(Math.min(cell.opening, cell.open)).toBeGreaterThanOrEqual(0);
	}
	expect(new Set(figures.flow.map(cellOf)).size).toBe(figures.flow.length);
	const { received, answered } = flowSum(figures.flow);
	expect(figures.received.reduce((sum, { n }) => sum + n, 0)).toBe(received);
	expect(figures.oversight.received).toBeLessThanOrEqual(received);
	expect(figures.oversight.answered).toBeLessThanOrEqual(answered);
	const missed = new Set(figures.late.flatMap(({ clocks }) => clocks));
	for (const { name, n, onTime, late, medianDays, overdue } of figures.clocks) {
		expect(onTime + late).toBe(n);
		expect(medianDays === null).toBe(n === 0);
		expect(missed.has(name)).toBe(late + overdue > 0);
		expect(figures.late.filter(({ clocks }) => clocks.includes(name)).length).toBeLessThanOrEqual(late + overdue);
	}
	expect(new Set(figures.late.map(({ caseId }) => caseId)).size).toBe(figures.late.length);
}

afterEach(async () => {
	await db().delete(absences);
});

test('after random acts, each period opens with the reports left open before, each report is in one cell, and the sections agree', async () => {
	await ensureDefaults(db());
	await fc.assert(
		fc.asyncProperty(ACTS, async (acts) => {
			const province = await makeProvince('2026-08-03T01:00:00Z');
			const begun = monthStart(localDate(province.clock.now, ZONE));
			/** The reports as last seen before each month's end. */
			const ends = new Map<string, SeenCase[]>();
			/** The missed deadlines of each office and month, as counted just after the month. */
			const missed = new Map<string, Missed>();
			let nextMonth = begun;
			await play(province, acts, async () => {
				const seen = await seenCases();
				const today = localDate(province.clock.now, ZONE);
				for (; nextMonth < monthStart(today); nextMonth = addDays(monthEnd(nextMonth), 1))
					for (const unit of province.units)
						missed.set(`${unit.id} ${nextMonth}`, await missedIn(province, unit, nextMonth));
				for (
					let month = monthStart(today);
					month <= monthStart(addDays(today, 800));
					month = addDays(monthEnd(month), 1)
				)
					ends.set(month, seen);
			});
			const months = monthsOf({ from: begun, to: localDate(province.clock.now, ZONE) });
			const [one, two] = province.units;
			for (const [unit, scope, ids] of [
				[one, 'own', [one.id]],
				[two, 'own', [two.id]],
				[province.root, 'tree', [province.root.id, one.id, two.id]]
			] as const) {
				let before: FlowCell[] = [];
				for (const month of months) {
					const figures = await figuresOf(province, unit, scope, { from: month, to: monthEnd(month) });
					checkSections(figures);
					expect(byCell(figures.flow, (cell) => cell.opening)).toEqual(byCell(before, (cell) => cell.open));
					const there = (ends.get(month) ?? []).filter(({ unitId }) => (ids as readonly string[]).includes(unitId));
					expect(byCell(figures.flow, (cell) => cell.open)).toEqual(tally(there));
					before = figures.flow;
				}
			}
			await addsUp(province, months);
			const promisedAnew = await reclassified();
			for (const [key, before] of missed) {
				const [id, month = ''] = key.split(' ');
				const unit = id === one.id ? one : two;
				const after = await missedIn(province, unit, month);
				const kept = (seen: Missed) => (promisedAnew.size === 0 ? seen : without(seen, promisedAnew));
				expect(kept(after), `missed in ${month}`).toEqual(kept(before));
			}
		}),
		{ numRuns, unbiased: true, endOnFailure: true }
	);
}, 240_000);

type Missed = Awaited<ReturnType<typeof missedIn>>;

/** The missed deadlines of a month and office. Later events must not change them. */
async function missedIn(province: Province, unit: Unit, month: string) {
	const { clocks, late } = await figuresOf(province, unit, 'own', { from: month, to: monthEnd(month) });
	return {
		clocks: clocks
			.filter((one) => one.late + one.overdue > 0)
			.map(({ name, late, overdue }) => ({ name, late, overdue })),
		late: late.map(({ reference, clocks }) => ({ reference, clocks }))
	};
}

/**
 * References of cases whose class was changed, or that were verified with another class than they had before. This changes
 * their deadline `solution` from arrival on, also in past months.
 */
async function reclassified(): Promise<Set<string>> {
	const classBefore = sql`case when ${cases.kind} = 'information_request' then 'information' else 'plain' end`;
	const isAnother = and(eq(timeline.type, 'verified'), sql`${timeline.data} ->> 'class' <> ${classBefore}`);
	const rows = await db()
		.select({ reference: cases.reference })
		.from(timeline)
		.innerJoin(cases, eq(cases.id, timeline.caseId))
		.where(or(eq(timeline.type, 'classified'), isAnother));
	return new Set(rows.map(({ reference }) => reference));
}

/** The missed deadlines by case, without `solution` of reclassified cases. */
function without({ late }: Missed, promisedAnew: ReadonlySet<string>): Missed {
	const left = late.map(({ reference, clocks }) => ({
		reference,
		clocks: promisedAnew.has(reference) ? clocks.filter((name) => name !== 'solution') : clocks
	}));
	return { clocks: [], late: left.filter(({ clocks }) => clocks.length > 0) };
}

/** Checks that a quarter equals the sum of its months, and the province the sum of its offices. */
async function addsUp(province: Province, months: readonly string[]): Promise<void> {
	const quarter = quarterStart(months[0] ?? '');
	const quarterEnd = monthEnd(addDays(quarter, 62));
	const of = async (unit: Unit, scope: RecapScope, from: string, to: string) =>
		flowSum((await figuresOf(province, unit, scope, { from, to })).flow);
	const whole = await of(province.root, 'tree', quarter, quarterEnd);
	const parts = await Promise.all(province.units.map((unit) => of(unit, 'own', quarter, quarterEnd)));
	const byMonth = await Promise.all(
		monthsOf({ from: quarter, to: quarterEnd }).map((month) => of(province.root, 'tree', month, monthEnd(month)))
	);
	for (const move of [...ARRIVALS, ...DEPARTURES]) {
		expect(parts.reduce((sum, part) => sum + part[move], 0)).toBe(whole[move]);
		expect(byMonth.reduce((sum, part) => sum + part[move], 0)).toBe(whole[move]);
	}
	expect(parts.reduce((sum, part) => sum + part.open, 0)).toBe(whole.open);
	expect(byMonth.at(-1)?.open).toBe(whole.open);
}

test("a move is stored at the moment of its timeline entry and can't be changed or deleted", async () => {
	const province = await makeProvince('2026-08-03T01:00:00Z');
	await play(province, [{ kind: 'open', unit: 0, of: 'suggestion', channel: 'box' }]);
	const [move] = await db().select().from(caseMoves).where(eq(caseMoves.unitId, province.units[0].id));
	expect(move).toMatchObject({ move: 'received', kind: 'suggestion', channel: 'box', sealed: false });
	expect(move?.at).toEqual(instantAt('2026-08-03', '09:00', ZONE));
	await expect(db().update(caseMoves).set({ sealed: true })).rejects.toThrow();
	await expect(db().delete(caseMoves)).rejects.toThrow();
});
