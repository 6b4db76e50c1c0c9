import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { RatingMove } from '#lib/ratings/moves.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { type Conflict, Invalid, NotAllowed, NotFound } from '#lib/server/errors.ts';
import { systemActor, type Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeRatedOffice, ratingSums, rateOn } from '#lib/dev/testing/figures/rating-history.ts';
import { leaderboard } from '../figures/compare-officers.ts';
import { ratingsBehind } from './list.ts';
import { decideRating } from './decide.ts';

const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const decide = (actor: Actor, id: string, move: RatingMove, reason: string) =>
	decideRating(actor, id, { move, reason });

test('void and restore are exact inverses, including the row of the daily counts', async () => {
	const { unit, officer, above: manager } = await makeRatedOffice();
	const alone = await rateOn(unit, '2026-03-02', { officer: officer.id, score: 1, service: 'library' });
	const shared = await rateOn(unit, '2026-03-03', { officer: officer.id, score: 2 });
	await rateOn(unit, '2026-03-03', { officer: officer.id, score: 2 });
	const before = await ratingSums();
	const figures = await leaderboard(manager, { unit: unit.code, ...YEAR });
	for (const { id } of [alone, shared])
		expect(await decide(manager, id, 'void', 'spam')).toEqual({ state: 'voided', outcome: 'figures' });
	const during = await ratingSums();
	expect(during.differing).toEqual([]);
	// The row of the day and of its service, and both of the month's service that had no other.
	expect(during.sums.days).toHaveLength(before.sums.days.length - 2);
	expect((await leaderboard(manager, { unit: unit.code, ...YEAR })).insufficient).toMatchObject([{ n: 1 }]);
	for (const { id } of [alone, shared])
		expect(await decide(manager, id, 'restore', 'mistake')).toEqual({ state: 'counted', outcome: 'figures' });
	expect(await ratingSums()).toEqual(before);
	expect(await leaderboard(manager, { unit: unit.code, ...YEAR })).toEqual(figures);
});

test('the operator, who is no person, decides about no rating', async () => {
	const { unit } = await makeRatedOffice();
	const { id } = await rateOn(unit, '2026-03-02', { score: 5 });
	await expect(decide(await systemActor([]), id, 'void', 'spam')).rejects.toBeInstanceOf(NotAllowed);
});

test('a held rating counts after `keep`; each decision is logged with actor and reason, without the comment', async () => {
	const { unit, manager } = await makeRatedOffice();
	const { id } = await rateOn(unit, '2026-03-02', { score: 5, comment: 'Rahasia saya' }, { noticed: ['over_budget'] });
	await decide(manager, id, 'keep', 'genuine');
	await decide(manager, id, 'void', 'duplicate');
	const log = await db()
		.select()
		.from(auditEntries)
		.where(and(eq(auditEntries.unitId, unit.id), eq(auditEntries.actorId, manager.accountId ?? '')))
		.orderBy(auditEntries.id);
	expect(log).toMatchObject([
		{ action: 'rating.kept', subject: id, reason: 'genuine', before: { state: 'held' }, after: { state: 'counted' } },
		{
			action: 'rating.voided',
			subject: id,
			reason: 'duplicate',
			before: { state: 'counted' },
			after: { state: 'voided' }
		}
	]);
	expect(JSON.stringify(log)).not.toContain('Rahasia');
	expect((await ratingSums()).differing).toEqual([]);
});

test('one of five concurrent voids succeeds, the others get a Conflict with the present state', async () => {
	const { unit, manager } = await makeRatedOffice();
	const { id } = await rateOn(unit, '2026-03-02');
	await rateOn(unit, '2026-03-02');
	const results = await Promise.allSettled(Array.from({ length: 5 }, () => decide(manager, id, 'void', 'trial')));
	expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
	const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Conflict] : []));
	for (const cause of refused) expect(cause).toMatchObject({ name: 'Conflict', present: { status: 'voided' } });
	expect((await ratingSums()).differing).toEqual([]);
});

test('accepts only reasons from the list of the move', async () => {
	const { unit, manager } = await makeRatedOffice();
	const { id } = await rateOn(unit, '2026-03-02');
	const pairs = [
		['void', 'genuine'],
		['void', 'too low'],
		['restore', 'spam']
	] as const;
	for (const [move, reason] of pairs) await expect(decide(manager, id, move, reason)).rejects.toBeInstanceOf(Invalid);
});

test('only a manager of the unit decides, and never about a rating of themselves', async () => {
	const { unit, officer } = await makeRatedOffice();
	const { id } = await rateOn(unit, '2026-03-02', { officer: officer.id, score: 1 });
	const handler = await makeActor([[unit.id, 'handler', 'supervisor', 'admin']]);
	const foreign = await makeActor([[(await makeUnit()).id, 'manager']]);
	const self = await makeActor([[unit.id, 'manager']], officer.id);
	for (const actor of [handler, foreign, self]) {
		await expect(decide(actor, id, 'void', 'spam')).rejects.toBeInstanceOf(NotFound);
	}
	const query = { unit: unit.code, ...YEAR };
	expect((await ratingsBehind(self, query)).items).toEqual([]);
	await expect(ratingsBehind(self, { ...query, officer: officer.id })).rejects.toBeInstanceOf(NotFound);
	await expect(decide(self, 'no-id', 'void', 'spam')).rejects.toBeInstanceOf(NotFound);
});

test('the list of a unit tree is ordered by day across all units, and its pages contain each rating once', async () => {
	const province = await makeUnit();
	const regencies = [await makeUnit({ parent: province }), await makeUnit({ parent: province })];
	await rateOn(await makeUnit(), '2026-01-10', { score: 1 });
	for (const [place, unit] of [province, ...regencies].entries()) {
		for (let n = 0; n < 20 + place; n++) await rateOn(unit, `2026-01-${String(1 + (n % 28)).padStart(2, '0')}`, {});
	}
	const manager = await makeActor([[province.id, 'manager']]);
	const query = { unit: province.code, scope: 'tree' as const, ...YEAR };
	const first = await ratingsBehind(manager, query);
	const second = await ratingsBehind(manager, { ...query, cursor: first.next ?? '' });
	const all = [...first.items, ...second.items];
	expect([first.items.length, second.items.length, second.next]).toEqual([50, 13, null]);
	expect(new Set(all.map(({ id }) => id)).size).toBe(63);
	expect(new Set(all.map(({ unit }) => unit))).toEqual(new Set([province, ...regencies].map(({ name }) => name)));
	expect(all.map(({ day }) => day)).toEqual(all.map(({ day }) => day).sort((a, b) => (a < b ? 1 : -1)));
	expect((await ratingsBehind(manager, { ...query, scope: 'own' })).items).toHaveLength(20);
});

test('the list behind the figures is ordered by day, paged and filtered, and contains neither time nor visit', async () => {
	const { unit, officer, manager } = await makeRatedOffice();
	for (let n = 0; n < 60; n++) {
		await rateOn(unit, `2026-0${1 + (n % 3)}-10`, {
			...(n % 2 === 0 ? { officer: officer.id } : {}),
			score: (n % 5) + 1
		});
	}
	const query = { unit: unit.code, ...YEAR };
	const first = await ratingsBehind(manager, query);
	const second = await ratingsBehind(manager, { ...query, cursor: first.next ?? '' });
	const all = [...first.items, ...second.items];
	expect(first.items).toHaveLength(50);
	expect(second.next).toBeNull();
	expect(new Set(all.map((item) => item.id)).size).toBe(60);
	expect(all.map((item) => item.day)).toEqual(all.map((item) => item.day).sort((a, b) => (a < b ? 1 : -1)));
	expect((await ratingsBehind(manager, { ...query, officer: officer.id })).items).toHaveLength(30);
	expect((await ratingsBehind(manager, { ...query, score: 1 })).items).toHaveLength(12);
	expect((await ratingsBehind(manager, { ...query, state: 'voided' })).items).toEqual([]);
	expect(JSON.stringify(all)).not.toMatch(/\d{2}:\d{2}/);
	const columns = Object.keys((await db().select().from(ratings).limit(1))[0] ?? {});
	expect(columns.filter((name) => /time|At$|visit/i.test(name))).toEqual([]);
});
