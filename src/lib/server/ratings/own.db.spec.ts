import { expect, test } from 'vitest';
import { instantAt } from '../../calendar/days.ts';
import { withClock } from '../clock.ts';
import type { Actor } from '../people/actor.ts';
import { useFreshDatabase } from '../testing/database.ts';
import { makeActor, makeOfficer, makeUnit } from '../testing/factories.ts';
import { rateOn, ratingOf } from '../testing/rating-history.ts';
import { createVisit } from '../visits/visits.ts';
import { ownRatings } from './own.ts';
import { submitRating } from './submit.ts';
import { decideRating } from './void.ts';

useFreshDatabase();

const ZONE = 'Asia/Makassar';
const seenOn = (actor: Actor, day: string) =>
	withClock(
		() => instantAt(day, '12:00', ZONE),
		() => ownRatings(actor)
	);

async function officerWithAccount() {
	const unit = await makeUnit();
	const officer = await makeOfficer(unit.id);
	return { unit, officer, actor: await makeActor([], officer.id) };
}

test('a day of three visits tells the officer nothing, today and ever after', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	await withClock(
		() => instantAt('2026-03-02', '10:00', ZONE),
		async () => {
			for (const score of [1, 3, 5]) {
				const input = { unit: unit.code, officer: officer.id, channel: 'walk_in' };
				const { token } = await createVisit(input, { accountId: null, within: [unit.id] });
				const given = ratingOf(unit, { score, comment: `Kata ke-${score}`, visit_token: token });
				await submitRating(given, { source: 'visit' });
			}
		}
	);
	for (const day of ['2026-03-02', '2026-03-03', '2026-03-20', '2026-12-31']) {
		const own = await seenOn(actor, day);
		expect(own).toMatchObject({ n: 0, distribution: [0, 0, 0, 0, 0], range: null, comments: [] });
		expect(own?.unit.mean).toBeNull();
	}
});

test('a batch comes out as a whole, a week after its third day, without day, time, order or score', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	const said = ['satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan'];
	const days = [
		'2026-03-02',
		'2026-03-02',
		'2026-03-02',
		'2026-03-03',
		'2026-03-03',
		'2026-03-04',
		'2026-03-04',
		'2026-03-05'
	];
	for (const [index, comment] of said.entries()) {
		await rateOn(unit, days[index] ?? '', { officer: officer.id, score: (index % 5) + 1, comment, service: 'library' });
	}
	expect(await seenOn(actor, '2026-03-11')).toMatchObject({ n: 0, comments: [] });
	const own = await seenOn(actor, '2026-03-12');
	// The eighth came on a later day: it waits for a batch of its own.
	expect(own).toMatchObject({ n: 7, distribution: [2, 2, 1, 1, 1], range: null });
	expect(own?.comments).toHaveLength(1);
	expect([...(own?.comments[0] ?? [])].sort()).toEqual(said.slice(0, 7).sort());
	expect(JSON.stringify(own)).not.toMatch(/2026|library|\d{2}:\d{2}|[0-9a-f]{8}-/);
	expect((await seenOn(actor, '2026-03-13'))?.comments).toEqual(own?.comments);
});

test('the order of comments is not the order in which they came', async () => {
	const orders = new Set<string>();
	for (let round = 0; round < 6; round++) {
		const { unit, officer, actor } = await officerWithAccount();
		for (const [index, day] of ['2026-03-02', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-04'].entries()) {
			await rateOn(unit, day, { officer: officer.id, comment: String(index) });
		}
		orders.add((await seenOn(actor, '2026-04-01'))?.comments[0]?.join('') ?? '');
	}
	expect(orders.size).toBeGreaterThan(1);
});

test('a voided rating leaves its batch and moves no other', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	const manager = await makeActor([[unit.id, 'manager']]);
	const ids: string[] = [];
	for (const day of [2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 9, 9]) {
		const comment = `hari ${day}`;
		ids.push((await rateOn(unit, `2026-03-${String(day).padStart(2, '0')}`, { officer: officer.id, comment })).id);
	}
	const before = await seenOn(actor, '2026-04-01');
	expect(before).toMatchObject({ n: 12, range: { mean: expect.any(Number) } });
	await decideRating(manager, ids[0] ?? '', { move: 'void', reason: 'spam' });
	const after = await seenOn(actor, '2026-04-01');
	expect(after?.n).toBe(11);
	expect(after?.comments[0]).toEqual(before?.comments[0]);
});

test('the mean of the unit moves by whole quarters, and not with a single rating of a colleague', async () => {
	const { unit, officer, actor } = await officerWithAccount();
	const colleague = await makeOfficer(unit.id);
	for (const day of ['02', '03', '04']) {
		for (const score of [2, 4]) await rateOn(unit, `2026-01-${day}`, { officer: colleague.id, score });
		await rateOn(unit, `2026-01-${day}`, { officer: officer.id, score: 5 });
	}
	expect((await seenOn(actor, '2026-03-20'))?.unit.mean).toBeNull();
	const mean = (await seenOn(actor, '2026-04-20'))?.unit.mean;
	expect(mean).toBeCloseTo((3 * (2 + 4 + 5)) / 9, 12);
	await rateOn(unit, '2026-04-10', { officer: colleague.id, score: 1 });
	await rateOn(unit, '2026-04-11', { officer: officer.id, score: 1 });
	for (const day of ['2026-04-20', '2026-07-20', '2026-10-20'])
		expect((await seenOn(actor, day))?.unit.mean).toBe(mean);
});

test('an account that is no officer has no own ratings', async () => {
	const unit = await makeUnit();
	expect(await ownRatings(await makeActor([[unit.id, 'manager']]))).toBeUndefined();
});
