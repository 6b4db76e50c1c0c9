import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { monthStart } from '#lib/ratings/period.ts';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { officerFigures, unitFigures, type Breakdown } from './detail.ts';
import { ratingsBehind } from '../review/list.ts';
import type { MonthCounts } from './compare-officers.ts';
import { decideRating } from '../review/decide.ts';

const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const FIRST = '2024-11-03';
const DAYS = 620;
const ratingSample = fc.record({
	day: fc.nat(DAYS).map((offset) => addDays(FIRST, offset)),
	officer: fc.constantFrom(0, 1, null),
	score: fc.integer({ min: 1, max: 5 }),
	service: fc.constantFrom('library', 'consultation', undefined),
	courtesy: fc.constantFrom(2, 5, undefined),
	source: fc.constantFrom('web' as const, 'place' as const),
	held: fc.boolean(),
	voided: fc.boolean()
});
const history = fc.record({
	ratings: fc.array(ratingSample, { minLength: 1, maxLength: 12 }),
	period: fc.tuple(fc.nat(DAYS), fc.nat(DAYS)),
	service: fc.constantFrom('library', undefined)
});

type Raw = {
	id: string;
	officer_id: string | null;
	service: string | null;
	score: number;
	courtesy: number | null;
	source: string;
	day: string;
	state: string;
};

const tally = (rows: Raw[]) => [1, 2, 3, 4, 5].map((score) => rows.filter((row) => row.score === score).length);

test(
	'after any history, every figure of the unit page and the officer page equals a direct count of the ratings',
	{ timeout: 240_000 },
	async () => {
		await fc.assert(
			fc.asyncProperty(history, async (sample) => {
				const { unit, officer: first, above: manager } = await makeRatedOffice();
				const rated = [first, await makeOfficer(unit.id)];
				for (const rating of sample.ratings) {
					const more = {
						officer: rating.officer === null ? undefined : rated[rating.officer]?.id,
						score: rating.score,
						service: rating.service,
						aspects: rating.courtesy ? { courtesy: rating.courtesy } : undefined
					};
					const { id } = await rateOn(unit, rating.day, more, {
						noticed: rating.held ? ['over_budget'] : [],
						source: rating.source
					});
					if (rating.voided) await decideRating(manager, id, { move: 'void', reason: 'spam' });
				}
				const [a, b] = sample.period;
				const [from, to] = [addDays(FIRST, Math.min(a, b)), addDays(FIRST, Math.max(a, b))];
				const rows = await rowsOf<Raw>(
					db(),
					sql`select id, officer_id, service, score, courtesy, source, to_char(day, 'YYYY-MM-DD') as day, state
					from ratings where unit_id = ${unit.id}`
				);
				const matching = rows.filter((row) => sample.service === undefined || row.service === sample.service);
				const between = (row: Raw, period: { from: string; to: string }) =>
					row.day >= period.from && row.day <= period.to;
				const counted = matching.filter((row) => row.state === 'counted');
				const filter = { from, to, service: sample.service };

				const seen = await unitFigures(manager, { unit: unit.code, ...filter });
				for (const each of [seen.now, seen.before, ...(seen.yearAgo ? [seen.yearAgo] : [])])
					expect(each.distribution).toEqual(tally(counted.filter((row) => between(row, each.period))));
				expect(seen.now.voided).toBe(matching.filter((row) => row.state === 'voided' && between(row, filter)).length);
				checkParts(seen, counted, filter);

				for (const officer of rated) {
					const mine = counted.filter((row) => row.officer_id === officer.id);
					const page = await officerFigures(manager, officer.id, filter);
					expect(page.distribution).toEqual(tally(mine.filter((row) => between(row, filter))));
					expect(page.elsewhere).toBe(0);
					expect(page.held).toBe(
						matching.filter((row) => row.officer_id === officer.id && row.state === 'held' && between(row, filter))
							.length
					);
					checkParts(page, mine, filter);
					const behind = { unit: unit.code, officer: officer.id, state: 'counted', ...filter } as const;
					const list = await ratingsBehind(manager, behind);
					expect(list.items).toHaveLength(page.n);
				}

				function checkParts(
					page: Breakdown & { months: MonthCounts[] },
					all: Raw[],
					period: { from: string; to: string }
				) {
					const during = all.filter((row) => between(row, period));
					for (const { month, counts } of page.months)
						expect(counts).toEqual(tally(all.filter((row) => monthStart(row.day) === month && row.day <= period.to)));
					for (const { source, n } of page.sources)
						expect(n).toBe(during.filter((row) => row.source === source).length);
					const withCourtesy = during.filter((row) => row.courtesy !== null);
					expect(page.aspects[0]?.n).toBe(withCourtesy.length);
					expect(page.services.map(({ service, n }) => [service, n]).sort()).toEqual(
						[...Map.groupBy(during, (row) => row.service)].map(([service, list]) => [service, list.length]).sort()
					);
				}
			}),
			{ numRuns: rounds({ quick: 4, all: 10 }) }
		);
	}
);

test('a month or service shows a mean only from the minimum number of ratings', async () => {
	const { unit, officer, manager } = await makeRatedOffice();
	for (let n = 0; n < 10; n++)
		await rateOn(unit, '2026-03-02', { officer: officer.id, score: 4, service: 'library', aspects: { speed: 5 } });
	await rateOn(unit, '2026-04-02', { officer: officer.id, score: 1 });
	const page = await officerFigures(manager, officer.id, { from: '2026-01-01', to: '2026-04-30' });
	const march = page.months.find(({ month }) => month === '2026-03-01');
	const april = page.months.find(({ month }) => month === '2026-04-01');
	expect([march?.n, march?.range !== null, april?.n, april?.range]).toEqual([10, true, 1, null]);
	expect(page.services).toMatchObject([
		{ service: 'library', n: 10, mean: 4 },
		{ service: null, n: 1, mean: null }
	]);
	expect(page.aspects).toMatchObject([
		{ aspect: 'courtesy', n: 0, mean: null },
		{ aspect: 'speed', n: 10, mean: 5 },
		{ aspect: 'knowledge', n: 0 }
	]);
	expect(page.standing).toMatchObject({ rank: null, listed: 1 });
});

test('a voided rating is in no figure of either page except the count of voided ratings', async () => {
	const { unit, officer, above: manager } = await makeRatedOffice();
	await rateOn(unit, '2026-05-05', { officer: officer.id, score: 5, service: 'library' });
	const before = await unitFigures(manager, { unit: unit.code, ...YEAR });
	const { id } = await rateOn(unit, '2026-05-06', { officer: officer.id, score: 1, aspects: { courtesy: 1 } });
	await decideRating(manager, id, { move: 'void', reason: 'trial' });
	const after = await unitFigures(manager, { unit: unit.code, ...YEAR });
	expect({ ...after, now: { ...after.now, voided: 0 } }).toEqual(before);
	expect(after.now.voided).toBe(1);
	expect(await officerFigures(manager, officer.id, YEAR)).toMatchObject({ n: 1, voided: 1 });
});

test('only managers of the officer’s unit see the officer page; it counts ratings given elsewhere and says how many', async () => {
	const { unit, officer, manager } = await makeRatedOffice();
	const other = await makeUnit();
	await rateOn(unit, '2026-05-05', { officer: officer.id });
	const foreign = await makeActor([[other.id, 'manager']]);
	const handler = await makeActor([[unit.id, 'handler', 'admin']]);
	for (const actor of [foreign, handler])
		await expect(officerFigures(actor, officer.id, YEAR)).rejects.toBeInstanceOf(NotFound);
	await expect(officerFigures(manager, 'bukan-id', YEAR)).rejects.toBeInstanceOf(NotFound);
	expect(await officerFigures(manager, officer.id, YEAR)).toMatchObject({ n: 1, elsewhere: 0 });
	await db().update(officers).set({ unitId: other.id }).where(eq(officers.id, officer.id));
	expect(await officerFigures(foreign, officer.id, YEAR)).toMatchObject({ n: 1, elsewhere: 1 });
	await expect(officerFigures(manager, officer.id, YEAR)).rejects.toBeInstanceOf(NotFound);
});

test('lists ratings by source, by aspect, by comment, and without a service', async () => {
	const { unit, manager } = await makeRatedOffice();
	await rateOn(unit, '2026-05-05', { aspects: { speed: 2 } }, { source: 'place' });
	await rateOn(unit, '2026-05-06', { comment: 'Cepat dan jelas.', service: 'library' });
	await rateOn(unit, '2026-05-07', {});
	const days = async (more: object) =>
		(await ratingsBehind(manager, { unit: unit.code, ...YEAR, ...more })).items.map(({ day }) => Number(day.slice(8)));
	expect(await days({ source: 'place' })).toEqual([5]);
	expect(await days({ aspect: 'speed' })).toEqual([5]);
	expect(await days({ commented: true })).toEqual([6]);
	expect(await days({ noService: true })).toEqual([7, 5]);
	expect(await days({ verified: true })).toEqual([]);
	expect(await days({ limit: 1 })).toEqual([7]);
});
