import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { officerComparison } from '#lib/server/insight/comparison.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { leaderboard } from './compare-officers.ts';
import { ratingsBehind } from '../review/list.ts';
import { officerFigures, unitFigures } from './detail.ts';
import { addedUp, ratingSummary, unitsSideBySide } from './summary.ts';
import { unitTrends } from './trends.ts';

const YEAR = { from: '2026-01-01', to: '2026-12-31' };
type Unit = Awaited<ReturnType<typeof makeUnit>>;

/** Makes an officer with these numbers of ratings of 1, 2, 3, 4 and 5. */
async function ratedOfficer(unit: Unit, counts: number[]) {
	const officer = await makeOfficer(unit.id);
	for (const [index, times] of counts.entries())
		for (let n = 0; n < times; n++) await rateOn(unit, '2026-03-02', { officer: officer.id, score: index + 1 });
	return officer;
}

/** An independent implementation of the method's formula. */
function expected(counts: number[], prior: number[], weight = 10) {
	const n = counts.reduce((a, b) => a + b, 0);
	const pi = counts.map((c, k) => (c + weight * (prior[k] ?? 0)) / (n + weight));
	const mean = pi.reduce((sum, p, k) => sum + p * (k + 1), 0);
	const variance = (pi.reduce((sum, p, k) => sum + p * (k + 1) ** 2, 0) - mean ** 2) / (n + weight + 1);
	const half = 1.96 * Math.sqrt(variance);
	return { mean, low: Math.max(1, mean - half), high: Math.min(5, mean + half) };
}
const shares = (...lists: number[][]) => {
	const sums = [0, 1, 2, 3, 4].map((k) => lists.reduce((sum, list) => sum + (list[k] ?? 0), 0));
	const n = sums.reduce((a, b) => a + b, 0);
	return sums.map((each) => each / n);
};
const uniform = [0.2, 0.2, 0.2, 0.2, 0.2];

test('the prior comes from the officer’s own unit, including officers below the minimum', async () => {
	const province = await makeUnit();
	const [strict, mild] = [await makeUnit({ parent: province }), await makeUnit({ parent: province })];
	const low = await ratedOfficer(strict, [4, 5, 2, 1, 0]);
	const few = await ratedOfficer(strict, [2, 0, 0, 0, 1]);
	const high = await ratedOfficer(mild, [0, 0, 1, 4, 8]);
	await ratedOfficer(mild, [0, 0, 0, 0, 11]);
	const manager = await makeActor([[province.id, 'manager']]);
	const own = await leaderboard(manager, { unit: strict.code, ...YEAR });
	const prior = shares([4, 5, 2, 1, 0], [2, 0, 0, 0, 1]);
	const { mean, low: least, high: most } = expected([4, 5, 2, 1, 0], prior);
	expect(own.method).toEqual({ minimum: 10, priorWeight: 10 });
	expect(own.items).toEqual([
		{
			officer: { id: low.id, name: low.name },
			n: 12,
			mean: expect.closeTo(mean, 12),
			low: expect.closeTo(least, 12),
			high: expect.closeTo(most, 12),
			rank: null,
			verifiedShare: 0,
			distribution: [4, 5, 2, 1, 0]
		}
	]);
	expect(own.insufficient).toEqual([{ officer: { id: few.id, name: few.name }, n: 3 }]);
	const tree = await leaderboard(manager, { unit: province.slug, scope: 'tree', ...YEAR });
	const of = (id: string) => tree.items.find((item) => item.officer.id === id)?.mean;
	expect(of(low.id)).toBeCloseTo(mean, 12);
	expect(of(high.id)).toBeCloseTo(expected([0, 0, 1, 4, 8], shares([0, 0, 1, 4, 8], [0, 0, 0, 0, 11])).mean, 12);
});

test('a unit with one rated officer uses the prior of its parent with all units below it', async () => {
	const province = await makeUnit();
	const [lone, other] = [await makeUnit({ parent: province }), await makeUnit({ parent: province })];
	const officer = await ratedOfficer(lone, [0, 0, 0, 0, 10]);
	await makeOfficer(lone.id);
	await ratedOfficer(other, [3, 0, 0, 0, 0]);
	await ratedOfficer(province, [0, 0, 2, 0, 0]);
	const manager = await makeActor([[lone.id, 'manager']]);
	const { items } = await leaderboard(manager, { unit: lone.code, ...YEAR });
	const prior = shares([0, 0, 0, 0, 10], [3, 0, 0, 0, 0], [0, 0, 2, 0, 0]);
	expect(items).toMatchObject([
		{ officer: { id: officer.id }, mean: expect.closeTo(expected([0, 0, 0, 0, 10], prior).mean, 12) }
	]);
});

test('the prior is uniform for a root with only one rated officer', async () => {
	const province = await makeUnit();
	const manager = await makeActor([[province.id, 'manager']]);
	const officer = await ratedOfficer(province, [0, 0, 0, 2, 8]);
	expect((await leaderboard(manager, { unit: province.code, ...YEAR })).items).toMatchObject([
		{ officer: { id: officer.id }, mean: expect.closeTo(expected([0, 0, 0, 2, 8], uniform).mean, 12) }
	]);
});

test('the first and last day of a period are included, and a rating without a service counts for no single service', async () => {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	const day = (date: string, more: object = {}) => rateOn(unit, date, { officer: officer.id, ...more });
	await day('2025-12-31');
	await day('2026-01-01', { service: 'library' });
	await day('2026-12-31', { service: 'library' });
	await day('2026-06-01');
	await day('2027-01-01');
	const manager = await makeActor([[unit.id, 'manager']]);
	const n = async (more: object) =>
		(await leaderboard(manager, { unit: unit.code, ...YEAR, ...more })).insufficient[0]?.n;
	expect(await n({})).toBe(3);
	expect(await n({ service: 'library' })).toBe(2);
	expect(await n({ service: 'consultation' })).toBe(0);
	expect(await n({ from: '2026-01-01', to: '2026-01-01' })).toBe(1);
});

test('an officer who left remains in the figures of earlier periods and not of later ones', async () => {
	const unit = await makeUnit();
	const inactive = await ratedOfficer(unit, [0, 0, 0, 0, 3]);
	await db().update(officers).set({ active: false }).where(eq(officers.id, inactive.id));
	const manager = await makeActor([[unit.id, 'manager']]);
	expect((await leaderboard(manager, { unit: unit.code, ...YEAR })).insufficient).toMatchObject([{ n: 3 }]);
	const later = await leaderboard(manager, { unit: unit.code, from: '2027-01-01', to: '2027-12-31' });
	expect(later.insufficient).toEqual([]);
});

test('only managers of a unit see its comparison; for a foreign unit it gives NotFound', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const query = { unit: unit.code, ...YEAR };
	const handler = await makeActor([[unit.id, 'handler', 'supervisor', 'admin']]);
	await expect(leaderboard(handler, query)).rejects.toBeInstanceOf(NotAllowed);
	const stranger = await makeActor([[(await makeUnit({ parent: province })).id, 'manager']]);
	await expect(leaderboard(stranger, query)).rejects.toBeInstanceOf(NotFound);
	await expect(leaderboard(stranger, { ...query, unit: 'tidak-ada' })).rejects.toBeInstanceOf(NotFound);
	await expect(ratingSummary(stranger, query)).rejects.toBeInstanceOf(NotFound);
});

test('a manager who is also rated sees the same figures with and without ratings of themselves', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	const rated: { id: string }[] = [];
	for (const best of [4, 3, 2, 1, 0]) {
		const counts = [0, 0, 0, 0, 0].with(best, 10);
		rated.push(await ratedOfficer(unit, counts));
	}
	const own = await makeOfficer(unit.id);
	const self = await makeActor([[province.id, 'manager']], own.id);
	const other = await makeActor([[province.id, 'manager']]);
	const query = { unit: province.code, scope: 'tree' as const, ...YEAR };
	const seen = async () => ({
		board: await leaderboard(self, query),
		summary: await ratingSummary(self, query),
		page: await unitFigures(self, { ...query, unit: unit.code }),
		officer: await officerFigures(self, rated[1]?.id ?? '', YEAR),
		comparison: await officerComparison(self, query),
		trends: await unitTrends(self, query),
		list: await ratingsBehind(self, { unit: unit.code, ...YEAR })
	});
	const before = await seen();
	await rateOn(unit, '2026-03-03', { officer: own.id, score: 1, comment: 'Saya menunggu lama.', service: 'library' });
	await rateOn(unit, '2026-03-03', { officer: own.id, score: 2 }, { noticed: ['over_budget'] });
	const after = await seen();
	expect(after).toEqual(before);
	expect(after.board.items.map((item) => item.officer.id)).toEqual(rated.map((officer) => officer.id));
	expect(after.board.ownLeftOut).toBe(true);
	await expect(officerFigures(self, own.id, YEAR)).rejects.toBeInstanceOf(NotFound);
	const theirs = await leaderboard(other, query);
	expect(theirs.ownLeftOut).toBe(false);
	expect(theirs.insufficient).toMatchObject([{ officer: { id: own.id }, n: 1 }]);
	expect((await officerFigures(other, own.id, YEAR)).n).toBe(1);
});

test('a summary counts the ratings of each unit, including those without an officer', async () => {
	const province = await makeUnit();
	const unit = await makeUnit({ parent: province });
	await ratedOfficer(unit, [1, 0, 0, 0, 2]);
	await rateOn(unit, '2026-04-01', { score: 3 });
	await rateOn(unit, '2026-04-01', { score: 1 }, { noticed: ['over_budget'] });
	const manager = await makeActor([[province.id, 'manager']]);
	const summary = await ratingSummary(manager, { unit: province.code, scope: 'tree', ...YEAR });
	expect(summary.map((row) => row.unit.id)).toEqual([province.id, unit.id]);
	expect(summary[0]).toMatchObject({ n: 0, range: null, visits: 0 });
	expect(summary[1]).toMatchObject({ n: 4, range: null, distribution: [1, 0, 1, 0, 2], held: 1, voided: 0 });
});

test('every place that shows a unit’s mean shows it from the minimum number of ratings', async () => {
	const unit = await makeUnit();
	const officer = await ratedOfficer(unit, [1, 0, 0, 0, 8]);
	const manager = await makeActor([[unit.id, 'manager']]);
	const query = { unit: unit.code, ...YEAR };
	const seen = async () => {
		const rows = await ratingSummary(manager, query);
		const { now } = await unitFigures(manager, query);
		const { unitMean } = await officerFigures(manager, officer.id, YEAR);
		const { together, units } = await unitsSideBySide(manager, query);
		const ranges = [rows[0]?.range, addedUp(rows, 10).range, now.range, together.range, units[0]?.range];
		return { n: rows[0]?.n, means: [...ranges.map((range) => range?.mean ?? null), unitMean] };
	};
	expect(await seen()).toEqual({ n: 9, means: [null, null, null, null, null, null] });
	await rateOn(unit, '2026-03-03', { officer: officer.id, score: 5 });
	const mean: unknown = expect.closeTo(4.6, 12);
	expect(await seen()).toEqual({ n: 10, means: [mean, mean, mean, mean, mean, mean] });
});
