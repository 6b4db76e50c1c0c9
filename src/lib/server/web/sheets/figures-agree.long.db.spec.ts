import * as fc from 'fast-check';
import { and, inArray } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { CASE_KINDS } from '#lib/cases/vocabulary.ts';
import { dueOf } from '#lib/cases/figures.ts';
import { MIN_PUBLIC_COUNT, rounded, publicShare } from '#lib/cases/public-figures.ts';
import { m } from '#lib/paraglide/messages.js';
import { monthEnd, monthStart, monthsOf } from '#lib/ratings/period.ts';
import { flowSum } from '#lib/recap/figures.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { submitObjection } from '#lib/server/cases/conversation/objection.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { caseBoard, type BoardQuery } from '#lib/server/insight/board.ts';
import { changePublicPage, publicPage } from '#lib/server/insight/public-page.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { recapView } from '#lib/server/recap/view.ts';
import { sheetsOf, valuesOf } from '#lib/dev/testing/documents.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import { atTime, bringTo, makeOffice, readCase } from '#lib/dev/testing/office.ts';
import { ACTS, makeProvince, play } from '#lib/dev/testing/recap/history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { recapBook } from './recap-sheet.ts';

beforeAll(() => ensureDefaults(db()));

const ZONE = 'Asia/Makassar';
const BEGUN = '2026-08-03T01:00:00Z';
const numRuns = rounds({ quick: 1, all: 12 });

/** The figures of a month in the board, the periodic report and its spreadsheet. */
async function figuresOf(actor: Actor, unit: Unit, scope: 'own' | 'tree', month: string) {
	const query: BoardQuery = { unit: unit.code, scope, from: month, to: monthEnd(month) };
	const board = await caseBoard(actor, query);
	const view = await recapView(actor, { unit: unit.code, scope, period: month.slice(0, 7), version: 'now' });
	const { received, answered, archived, reopened } = board.totals;
	const flow = flowSum(view.figures.flow);
	return {
		board: {
			totals: { received, answered, archived, reopened },
			clocks: board.clocks.filter((clock) => dueOf(clock) > 0).map(({ running: _, ...clock }) => clock)
		},
		report: {
			totals: {
				received: flow.received,
				answered: flow.answered,
				archived: flow.archived,
				reopened: flow.reopened
			},
			clocks: view.figures.clocks
				.filter(({ n, overdue }) => n + overdue > 0)
				.map(({ name, onTime, late, overdue }) => ({ name, metOnTime: onTime, metLate: late, overdue }))
		},
		sheet: await sheetOf(await recapBook(view, 'Pembaca Contoh', new Date(), 'id'))
	};
}

/** The total row of the section about incoming and closed cases. */
async function sheetOf(bytes: Buffer) {
	const rows = valuesOf((await sheetsOf(bytes)).find(({ name }) => name.startsWith('1. ')));
	const total = rows.find(([first]) => first === m.recap_total());
	const cell = (label: string) => Number(total?.[rows[0]?.indexOf(label) ?? -1] ?? 0);
	return {
		received: cell(m.board_received()),
		answered: cell(m.board_answered()),
		archived: cell(m.board_archived()),
		reopened: cell(m.board_reopened())
	};
}

async function expectSame(actor: Actor, unit: Unit, scope: 'own' | 'tree', month: string): Promise<void> {
	const { board, report, sheet } = await figuresOf(actor, unit, scope, month);
	expect(board, `${scope} ${month}`).toEqual(report);
	expect(sheet).toEqual(report.totals);
}

/** Whether a case moved from or to one of these offices. A moved case counts on the board of its new office. */
async function somethingLeft(ids: readonly string[]): Promise<boolean> {
	const rows = await db()
		.select()
		.from(caseMoves)
		.where(and(inArray(caseMoves.unitId, [...ids]), inArray(caseMoves.move, ['moved_in', 'moved_out'])));
	return rows.length > 0;
}

/** Expects each public quarter to equal the office's board, rounded and with small groups hidden. */
async function expectPublic(unit: Unit): Promise<void> {
	const admin = await makeActor([[unit.id, 'admin']]);
	const manager = await makeActor([[unit.id, 'manager']]);
	await changePublicPage(admin, unit.id, { active: 'on' });
	for (const { from, to, figures } of (await publicPage(unit.slug)).quarters) {
		const { totals, medianDays, clocks, counts } = await caseBoard(manager, { unit: unit.code, from, to });
		if (totals.received < MIN_PUBLIC_COUNT) {
			expect(figures.received).toBeNull();
			continue;
		}
		const solution = clocks.find(({ name }) => name === 'solution');
		const countOf = (value: string) => counts.status.find((one) => one.value === value)?.n ?? 0;
		expect(figures).toMatchObject({
			received: rounded(totals.received),
			answered: publicShare(countOf('answered') + countOf('closed'), totals.received),
			medianDays: totals.answered < MIN_PUBLIC_COUNT ? null : (medianDays ?? null),
			inTime: solution ? publicShare(solution.metOnTime, dueOf(solution)) : null
		});
	}
}

/** Opens enough cases for the public page to show figures, then does random acts. */
const HISTORIES = fc
	.tuple(fc.array(fc.constantFrom(...CASE_KINDS), { minLength: 8, maxLength: 8 }), fc.boolean(), ACTS)
	.map(([kinds, stay, acts]) => [
		...kinds.map((of) => ({ kind: 'open' as const, unit: 0, of, channel: 'web' as const })),
		...acts.filter(({ kind }) => !stay || kind === 'open' || kind === 'step')
	]);

test('board, periodic report, spreadsheet and public page count the same after random acts', async () => {
	await fc.assert(
		fc.asyncProperty(HISTORIES, async (acts) => {
			const province = await makeProvince(BEGUN);
			await play(province, acts);
			const last = localDate(province.clock.now, ZONE);
			const months = monthsOf({ from: monthStart(localDate(new Date(BEGUN), ZONE)), to: last });
			// Late enough that all these months have ended.
			const later = new Date(Date.parse(`${addDays(last, 120)}T02:00:00Z`));
			await withClock(
				() => later,
				async () => {
					for (const month of months) await expectSame(province.head, province.root, 'tree', month);
					for (const unit of province.units) {
						const above = await makeActor([[unit.id, 'manager', 'supervisor']]);
						if (await somethingLeft(province.units.map(({ id }) => id))) break;
						for (const month of months) await expectSame(above, unit, 'own', month);
					}
					await expectPublic(province.units[0]);
				}
			);
		}),
		{ numRuns, unbiased: true, endOnFailure: true }
	);
}, 240_000);

test('a disputed and repeated answer counts twice, and a letter counts in the month it was registered', async () => {
	const office = await makeOffice();
	const head = await makeActor([[office.unit.id, 'manager', 'supervisor', 'handler']]);
	const about = (moment: string, work: () => Promise<unknown>) => atTime(`${moment}T02:00:00Z`, work);
	await about('2026-10-05', () => makeCase(office.unit, { kind: 'suggestion' }));
	for (const kind of ['suggestion', 'information_request'])
		await about('2026-10-05', async () =>
			bringTo(office, (await makeCase(office.unit, { kind })).reference, 'answered')
		);
	const again = await atTime('2026-10-06T02:00:00Z', () => makeCase(office.unit, { kind: 'suggestion' }));
	await about('2026-10-07', () => bringTo(office, again.reference, 'answered'));
	await about('2026-10-14', async () =>
		submitObjection((await readCase(again.reference)).id, { body: 'Saya belum puas.' })
	);
	// A letter of October, found in the box in November.
	const lateLetter = { channel: 'box', kind: 'suggestion', received_at: '2026-10-30T02:00:00Z' };
	await about('2026-11-02', () => makeCase(office.unit, lateLetter, { by: 'staff', actor: office.handler }));
	await about('2026-11-20', async () => {
		const { board, report, sheet } = await figuresOf(head, office.unit, 'own', '2026-10-01');
		expect(board.totals).toEqual({ received: 4, answered: 3, archived: 0, reopened: 1 });
		expect(report).toEqual(board);
		expect(sheet).toEqual(board.totals);
		expect((await figuresOf(head, office.unit, 'own', '2026-11-01')).board.totals.received).toBe(1);
	});
});

test('a running month counts only deadlines that have passed as missed', async () => {
	const office = await makeOffice();
	const head = await makeActor([[office.unit.id, 'manager', 'supervisor', 'handler']]);
	const late = await atTime('2026-11-02T02:00:00Z', () => makeCase(office.unit));
	await atTime('2026-11-19T02:00:00Z', () => makeCase(office.unit));
	await atTime('2026-11-20T02:00:00Z', async () => {
		const query = { unit: office.unit.code, scope: 'own' as const, period: '2026-11' };
		const { figures } = await recapView(head, query);
		// Received on the second. Verification, first reply and the legal response are overdue, the solution is not.
		expect(figures.late.shown).toMatchObject([
			{ reference: late.reference, clocks: ['verification', 'first_reply', 'response_by_law'] }
		]);
		await expectSame(head, office.unit, 'own', '2026-11-01');
	});
});
