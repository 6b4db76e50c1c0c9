import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, instantAt } from '#lib/calendar/days.ts';
import { posterior, UNIFORM, type Shares } from '#lib/ratings/adjusted-score.ts';
import { BATCH_DAYS, BATCH_RATINGS, releasedBatches } from '#lib/ratings/batches.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeOfficer, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, onDay, rateOn, ratingInputOf } from '#lib/dev/testing/figures/rating-history.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { createVisit } from '#lib/server/visits/entries.ts';
import { releasedBatchesOf, ratedPerson } from './batches.ts';
import { ownRatings } from './own-ratings.ts';
import { submitRating } from '../submit.ts';
import { decideRating, showComment } from '../review/decide.ts';

const seenOn = (actor: Actor, day: string, all?: boolean) => onDay(day, () => ownRatings(actor, all), '12:00');

async function officerWithAccount() {
	const office = await makeRatedOffice();
	return { ...office, actor: await makeActor([], office.officer.id) };
}

const texts = (own: Awaited<ReturnType<typeof ownRatings>>) =>
	own?.comments.map((batch) => batch.map(({ text }) => text));
const figuresOf = (own: Awaited<ReturnType<typeof ownRatings>>) => {
	if (!own) return undefined;
	const { comments: _comments, contests: _contests, ...figures } = own;
	return figures;
};

test('ratings from a single day never appear on the officer’s page', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	await onDay('2026-03-02', async () => {
		for (const score of [1, 3, 5]) {
			const input = { unit: unit.code, officer: officer.id, channel: 'walk_in' };
			const { token } = await createVisit(input, { accountId: null, within: [unit.id] });
			const given = ratingInputOf(unit, { score, comment: `Kata ke-${score}`, visit_token: token });
			await submitRating(given, { source: 'visit' });
		}
	});
	for (const day of ['2026-03-02', '2026-03-03', '2026-03-20', '2026-12-31']) {
		const own = await seenOn(actor, day);
		expect(own).toMatchObject({ n: 0, distribution: [0, 0, 0, 0, 0], range: null, comments: [] });
		expect(own?.unit.mean).toBeNull();
	}
});

test('a batch is released whole one week after its third day, without day, time, order or score', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	const said = ['satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan'];
	for (const [index, day] of [2, 2, 2, 3, 3, 4, 4, 5].entries()) {
		const rating = { officer: officer.id, score: (index % 5) + 1, comment: said[index], service: 'library' };
		await rateOn(unit, `2026-03-0${day}`, rating);
	}
	expect(await seenOn(actor, '2026-03-11')).toMatchObject({ n: 0, comments: [] });
	const own = await seenOn(actor, '2026-03-12');
	// The eighth rating came on a later day, so it is part of the next batch.
	expect(own).toMatchObject({ n: 7, distribution: [2, 2, 1, 1, 1], range: null });
	expect(own?.comments).toHaveLength(1);
	expect([...(texts(own)?.[0] ?? [])].sort()).toEqual(said.slice(0, 7).sort());
	// A handle is a keyed hash, which can contain any digits.
	const shown = JSON.stringify(own, (key, value: unknown) => (key === 'handle' ? undefined : value));
	expect(shown).not.toMatch(/2026|library|\d{2}:\d{2}|[0-9a-f]{8}-/);
	expect((await seenOn(actor, '2026-03-13'))?.comments).toEqual(own?.comments);
});

test('shows comments of the newest batches, or of all on request, each in its own batch', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	for (let batch = 0; batch < 8; batch++)
		for (const [n, offset] of [0, 0, 1, 1, 2].entries()) {
			const comment = batch === 6 ? undefined : `kelompok ${batch + 1} kata ${n}`;
			await rateOn(unit, addDays('2026-01-05', 3 * batch + offset), { officer: officer.id, comment });
		}
	const look = (all?: boolean) => seenOn(actor, '2026-03-01', all);
	const numbers = (own: Awaited<ReturnType<typeof look>>) =>
		own?.comments.flatMap((comments, index) => comments.map(({ text }) => [own.batches - index, Number(text[9])]));
	const [newest, all] = [await look(), await look(true)];
	expect([newest?.batches, newest?.comments.length, newest?.n]).toEqual([8, 6, 40]);
	expect([all?.batches, all?.comments.length]).toEqual([8, 8]);
	expect(all?.comments.slice(0, 6)).toEqual(newest?.comments);
	expect(all?.comments[1]).toEqual([]);
	for (const [number, said] of numbers(all) ?? []) expect(said).toBe(number);
});

test('comments are not shown in the order in which they were given', async () => {
	const orders = new Set<string>();
	for (let round = 0; round < 6; round++) {
		const { unit, officer, actor } = await officerWithAccount();
		for (const [index, day] of ['2026-03-02', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-04'].entries()) {
			await rateOn(unit, day, { officer: officer.id, comment: String(index) });
		}
		orders.add(texts(await seenOn(actor, '2026-04-01'))?.[0]?.join('') ?? '');
	}
	expect(orders.size).toBeGreaterThan(1);
});

const twelve = [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 9, 9].map((day) => `2026-03-${String(day).padStart(2, '0')}`);
test('a void before the release changes the figures; a void after it removes only the comment', async () => {
	const { unit, officer, actor, manager } = await officerWithAccount();
	const ids: string[] = [];
	for (const [n, day] of twelve.entries())
		ids.push((await rateOn(unit, day, { officer: officer.id, comment: `kata ${n}` })).id);
	const decideOn = (day: string, index: number, move: string, reason: string) =>
		onDay(day, () => decideRating(manager, ids[index] ?? '', { move, reason }));
	await decideOn('2026-03-10', 1, 'void', 'spam');
	const before = await seenOn(actor, '2026-04-01');
	expect(before?.n).toBe(11);
	await decideOn('2026-04-02', 0, 'void', 'spam');
	await decideOn('2026-04-03', 1, 'restore', 'mistake');
	for (const day of ['2026-04-03', '2026-05-01', '2026-09-01', '2027-02-27'])
		expect(figuresOf(await seenOn(actor, day))).toMatchObject({ n: 11, distribution: before?.distribution });
	expect(figuresOf(await seenOn(actor, '2026-04-03'))).toEqual(figuresOf(before));
	expect(texts(await seenOn(actor, '2026-04-03'))?.flat()).not.toContain('kata 0');
	expect(texts(await seenOn(actor, '2026-04-03'))?.[0]).toEqual(texts(before)?.[0]);
});

test('a flagged comment is shown after a manager approves it, and disappears when a manager hides it', async () => {
	const { unit, officer, actor, manager } = await officerWithAccount();
	let flagged = '';
	for (const [n, day] of twelve.slice(0, 6).entries()) {
		const comment = n === 0 ? 'Hubungi 0812-3456-7890' : `kata ${n}`;
		const { id } = await rateOn(unit, day, { officer: officer.id, comment });
		if (n === 0) flagged = id;
	}
	const said = async () => texts(await seenOn(actor, '2026-04-01'))?.flat() ?? [];
	expect(await said()).toHaveLength(5);
	await expect(showComment(actor, flagged, true)).rejects.toBeInstanceOf(NotFound);
	await showComment(manager, flagged, true);
	expect(await said()).toContain('Hubungi 0812-3456-7890');
	await showComment(manager, flagged, false);
	expect(await said()).toHaveLength(5);
});

test('the unit’s mean changes only by whole quarters, never with a single rating of a colleague', async () => {
	const { unit, officer, actor, manager } = await officerWithAccount();
	const colleague = await makeOfficer(unit.id);
	let last = '';
	for (const day of ['02', '03', '04']) {
		for (const score of [2, 4]) await rateOn(unit, `2026-01-${day}`, { officer: colleague.id, score });
		last = (await rateOn(unit, `2026-01-${day}`, { officer: officer.id, score: 5 })).id;
	}
	expect((await seenOn(actor, '2026-03-20'))?.unit.mean).toBeNull();
	const mean = (await seenOn(actor, '2026-04-20'))?.unit.mean;
	expect(mean).toBeCloseTo((3 * (2 + 4 + 5)) / 9, 12);
	await rateOn(unit, '2026-04-10', { officer: colleague.id, score: 1 });
	await rateOn(unit, '2026-04-11', { officer: officer.id, score: 1 });
	await onDay('2026-04-25', () => decideRating(manager, last, { move: 'void', reason: 'spam' }));
	for (const day of ['2026-04-20', '2026-04-26', '2026-07-20', '2026-10-20'])
		expect((await seenOn(actor, day))?.unit.mean).toBe(mean);
});

const perDay = fc.array(fc.nat(2), { minLength: 4, maxLength: 6 });
const keptLong = fc.record({ at: fc.nat(6), score: fc.integer({ min: 1, max: 5 }), counts: fc.boolean() });
test('ratings that a tablet sent too late change no batch, and their comments are never shown', async () => {
	await fc.assert(
		fc.asyncProperty(perDay, perDay, fc.array(keptLong, { minLength: 1, maxLength: 4 }), async (early, after, late) => {
			const { unit, officer, actor, manager } = await officerWithAccount();
			const me = (await ratedPerson(officer.id))!;
			const give = async (from: string, numbers: readonly number[]) => {
				for (const [index, n] of numbers.entries())
					for (let given = 0; given < n; given++)
						await rateOn(unit, addDays(from, index), { officer: officer.id, score: 4, comment: 'Baik.' });
				return numbers.map((n, index) => ({
					day: addDays(from, index),
					all: n,
					counts: [0, 0, 0, n, 0] as const
				}));
			};
			const look = async (day: string) => ({
				batches: await onDay(day, () => releasedBatchesOf(me), '12:00'),
				comments: texts(await seenOn(actor, day))
			});
			const days = await give('2026-03-02', early);
			const before = await look('2026-03-20');
			for (const { at, score, counts } of late) {
				const rating = ratingInputOf(unit, { officer: officer.id, score, comment: 'Terlambat.' });
				const storedOnTabletAt = instantAt(addDays('2026-03-02', at), '10:00', 'Asia/Makassar');
				const context = { source: 'kiosk', noticed: ['kept_long'], storedOnTabletAt } as const;
				const { id } = await onDay('2026-03-20', () => submitRating(rating, context), '13:00');
				if (!counts) continue;
				await onDay('2026-03-20', () => decideRating(manager, id, { move: 'keep', reason: 'genuine' }), '14:00');
			}
			expect(await look('2026-03-20')).toEqual(before);
			days.push(...(await give('2026-03-21', after)));
			const { batches, comments } = await look('2026-05-01');
			expect(batches).toEqual(releasedBatches(days, '2026-05-01'));
			expect(comments?.flat()).not.toContain('Terlambat.');
			for (const batch of batches) {
				const inside = days.filter(({ day, all }) => all > 0 && day >= batch.first && day <= batch.last);
				expect(inside.length).toBeGreaterThanOrEqual(BATCH_DAYS);
				expect(inside.reduce((sum, { all }) => sum + all, 0)).toBeGreaterThanOrEqual(BATCH_RATINGS);
			}
		}),
		{ numRuns: rounds({ quick: 4, all: 12 }) }
	);
});

test('in a unit without other rated officers, the prior comes from the parent’s closed quarters and then stays unchanged', async () => {
	const { province, unit, officer, actor } = await officerWithAccount();
	const beside = await makeUnit({ parent: province });
	const other = await makeOfficer(beside.id);
	const manager = await makeActor([[province.id, 'manager']]);
	for (let day = 1; day <= 10; day++)
		await rateOn(unit, `2026-01-${String(day).padStart(2, '0')}`, { officer: officer.id, score: 5 });
	const rangeOn = async (day: string) => (await seenOn(actor, day))?.range;
	const from = (prior: Shares) => {
		const { mean, low, high } = posterior([0, 0, 0, 0, 10], { prior });
		return { mean, low, high };
	};
	const withTwos = (n: number): Shares => [0, n / (10 + n), 0, 0, 10 / (10 + n)];
	for (const day of ['2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04'])
		await rateOn(beside, day, { officer: other.id, score: 2 });
	// Four ratings of one colleague elsewhere are too few to be used.
	expect(await rangeOn('2026-04-20')).toEqual(from(UNIFORM));
	const { id } = await rateOn(beside, '2026-02-04', { officer: other.id, score: 2 });
	expect(await rangeOn('2026-03-20')).toEqual(from(UNIFORM));
	const range = await rangeOn('2026-04-20');
	expect(range?.mean).toBeCloseTo(from(withTwos(5)).mean, 12);
	await rateOn(beside, '2026-04-21', { officer: other.id, score: 1 });
	await onDay('2026-04-22', () => decideRating(manager, id, { move: 'void', reason: 'spam' }));
	for (const day of ['2026-04-23', '2026-07-05']) expect(await rangeOn(day)).toEqual(range);
	expect((await seenOn(actor, '2026-04-23'))?.unit.mean).toBeNull();
});

test('an account without an officer record has no own ratings', async () => {
	expect(await ownRatings((await makeRatedOffice()).manager)).toBeUndefined();
});
