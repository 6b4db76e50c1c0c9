import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { plainMean } from '#lib/ratings/breakdown.ts';
import { movesFrom } from '#lib/ratings/moves.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly, ratings } from '#lib/server/db/schema/ratings.ts';
import { makeOfficer } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, onDay, rateOn, ratingSums } from '#lib/dev/testing/figures/rating-history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { leaderboard } from './compare-officers.ts';
import { checkRatingSums } from './check-sums.ts';
import { ratingSummary } from './summary.ts';
import { decideRating } from '../review/decide.ts';

const FIRST = '2026-01-20';
const ratingSample = fc.record({
	day: fc.nat(80).map((offset) => addDays(FIRST, offset)),
	officer: fc.constantFrom(0, 1, null),
	score: fc.integer({ min: 1, max: 5 }),
	service: fc.constantFrom('library', 'consultation', undefined),
	aspects: fc.record(
		{ courtesy: fc.constantFrom(1, 5), speed: fc.constantFrom(2, 4), knowledge: fc.constantFrom(3, 5) },
		{ requiredKeys: [] }
	),
	source: fc.constantFrom('visit', 'kiosk', 'place', 'web', 'api'),
	held: fc.boolean()
});
/** A later decision about the rating with this number; `choice` selects one of the moves its state allows. */
const decision = fc.record({ which: fc.nat(30), choice: fc.nat(3) });
const history = fc.record({
	ratings: fc.array(ratingSample, { minLength: 1, maxLength: 14 }),
	decisions: fc.array(decision, { maxLength: 14 }),
	period: fc.tuple(fc.nat(80), fc.nat(80))
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

type Office = Awaited<ReturnType<typeof office>>;

async function office() {
	const { unit, officer, above: manager } = await makeRatedOffice();
	return { unit, officers: [officer, await makeOfficer(unit.id)], manager };
}

/** Stores the ratings in batches of `atOnce` concurrent ratings. */
async function play(at: Office, sample: History['ratings'], atOnce = 1): Promise<string[]> {
	const ids: string[] = [];
	for (let from = 0; from < sample.length; from += atOnce) {
		const batch = sample.slice(from, from + atOnce).map((rating) => give(at, rating));
		ids.push(...(await Promise.all(batch)));
	}
	return ids;
}

async function give({ unit, officers }: Office, rating: History['ratings'][number]): Promise<string> {
	const { day, officer, score, service, aspects, source, held } = rating;
	const who = officer === null ? undefined : officers[officer]?.id;
	const noticed = held ? (['over_budget'] as const) : [];
	const token = source === 'visit' ? { visitToken: await visitOn(unit, day) } : {};
	return (await rateOn(unit, day, { officer: who, score, service, aspects }, { source, noticed, ...token })).id;
}

async function visitOn(unit: Office['unit'], day: LocalDate): Promise<string> {
	const recordVisit = () =>
		createVisit({ unit: unit.code, channel: 'walk_in' }, { accountId: null, within: [unit.id] });
	return (await onDay(day, recordVisit)).token;
}

async function decideAll(at: Office, ids: string[], decisions: History['decisions']) {
	for (const { which, choice } of decisions) {
		const id = ids[which % ids.length] ?? '';
		const [row] = await db().select({ state: ratings.state }).from(ratings).where(eq(ratings.id, id));
		const moves = movesFrom(row?.state ?? 'counted');
		const move = moves[choice % moves.length];
		const reason = move === 'void' ? 'spam' : 'genuine';
		if (move) await decideRating(at.manager, id, { move, reason });
	}
}

test('after any history the sums equal a new count, for every period', { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(history, async (played) => {
			const at = await office();
			await decideAll(at, await play(at, played.ratings), played.decisions);
			expect((await ratingSums()).differing).toEqual([]);
			const [a, b] = played.period;
			const period = { from: addDays(FIRST, Math.min(a, b)), to: addDays(FIRST, Math.max(a, b)) };
			const query = { unit: at.unit.code, ...period };
			const direct = await db()
				.select({ officerId: ratings.officerId, n: sql<number>`count(*)::int`, points: sql<number>`sum(score)::int` })
				.from(ratings)
				.where(
					sql`unit_id = ${at.unit.id} and state = 'counted' and day between ${query.from}::date and ${query.to}::date`
				)
				.groupBy(ratings.officerId);
			const [summary] = await ratingSummary(at.manager, query);
			const n = direct.reduce((sum, row) => sum + row.n, 0);
			expect(summary?.n).toBe(n);
			const points = direct.reduce((sum, row) => sum + row.points, 0);
			expect(summary && plainMean(summary.distribution)).toEqual(n > 0 ? expect.closeTo(points / n, 12) : null);
			const board = await leaderboard(at.manager, query);
			const byOfficer = new Map([...board.items, ...board.insufficient].map((row) => [row.officer.id, row.n]));
			for (const officer of at.officers)
				expect(byOfficer.get(officer.id) ?? 0).toBe(direct.find((row) => row.officerId === officer.id)?.n ?? 0);
		}),
		{ numRuns: rounds({ quick: 4, all: 12 }) }
	);
});

/** Everything that is stored or shown of an office, without ids. Two offices with the same history are equal. */
async function figuresOf(at: Office) {
	const who = (id: string | null) => at.officers.findIndex((officer) => officer.id === id);
	const rowsOf = async (table: typeof ratingDaily | typeof ratingMonthly) => {
		const rows = await db().select().from(table).where(eq(table.unitId, at.unit.id));
		return rows
			.map(({ key: _key, unitId: _unit, officerId, ...rest }) => ({ ...rest, officer: who(officerId) }))
			.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
	};
	const query = { unit: at.unit.code, from: FIRST, to: addDays(FIRST, 80) };
	const { items, insufficient } = await leaderboard(at.manager, query);
	const [{ unit: _unit, ...summary } = { unit: undefined }] = await ratingSummary(at.manager, query);
	const board = [...items, ...insufficient].map(({ officer, ...rest }) => ({ ...rest, officer: who(officer.id) }));
	return {
		days: await rowsOf(ratingDaily),
		months: await rowsOf(ratingMonthly),
		summary,
		board: board.sort((a, b) => a.officer - b.officer)
	};
}

test('order and batching of the ratings change neither sums nor figures', { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(history, fc.integer(), fc.integer({ min: 2, max: 8 }), async ({ ratings: sample }, seed, size) => {
			const [one, other] = [await office(), await office()];
			const shuffled = sample
				.map((rating, index) => ({ rating, place: Math.imul(index + 1, seed | 1) >>> 0 }))
				.sort((a, b) => a.place - b.place)
				.map(({ rating }) => rating);
			await play(one, sample);
			await play(other, shuffled, size);
			expect(await figuresOf(other)).toEqual(await figuresOf(one));
		}),
		{ numRuns: rounds({ quick: 3, all: 8 }) }
	);
});

test('void then restore leaves all sums and figures unchanged', { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(history, async ({ ratings: sample, decisions }) => {
			const at = await office();
			await decideAll(at, await play(at, sample), decisions);
			const mine = and(eq(ratings.unitId, at.unit.id), eq(ratings.state, 'counted'));
			const counted = await db().select({ id: ratings.id }).from(ratings).where(mine);
			const before = await figuresOf(at);
			for (const { id } of counted) await decideRating(at.manager, id, { move: 'void', reason: 'spam' });
			expect(await figuresOf(at)).toMatchObject({ days: [], months: [], summary: { n: 0, range: null } });
			for (const { id } of counted.toReversed())
				await decideRating(at.manager, id, { move: 'restore', reason: 'mistake' });
			expect(await figuresOf(at)).toEqual(before);
		}),
		{ numRuns: rounds({ quick: 3, all: 8 }) }
	);
});

test('the nightly check reports a sum that differs from the ratings and corrects nothing', async () => {
	const at = await office();
	await play(at, [{ day: FIRST, officer: 0, score: 4, service: 'library', aspects: {}, source: 'web', held: false }]);
	expect(await checkRatingSums()).toBe(0);
	const mine = eq(ratingDaily.unitId, at.unit.id);
	await db().update(ratingDaily).set({ c4: 2 }).where(mine);
	expect(await checkRatingSums()).toBe(2);
	const rows = await db().select({ c4: ratingDaily.c4 }).from(ratingDaily).where(mine);
	expect(rows.map(({ c4 }) => c4)).toEqual([2, 2]);
	await db().update(ratingDaily).set({ c4: 1 }).where(mine);
});
