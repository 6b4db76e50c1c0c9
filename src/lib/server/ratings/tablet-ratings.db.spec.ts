import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import type { KeptRating } from '#lib/ratings/kiosk.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { kiosks, officers, units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { registerDeviceKey, withdrawKiosks, pairedKiosk } from '#lib/server/places/kiosks.ts';
import { createKioskLink, pairKiosk } from '#lib/server/places/kiosk-pairing.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { ratingSums } from '#lib/dev/testing/rating-history.ts';
import { storeTabletRatings } from './tablet-ratings.ts';

useFreshDatabase();

/** Wednesdays in office hours of Makassar (UTC+8), a week and more apart. */
const PAIRED = new Date('2026-03-04T02:00:00Z');
const LATER = new Date('2026-03-11T02:00:00Z');
const at = <T>(moment: Date, work: () => Promise<T>) => withClock(() => moment, work);

let given: Awaited<ReturnType<typeof tablet>>;
beforeAll(async () => {
	given = await tablet();
});

/** A tablet that was paired and has told its key. */
async function tablet() {
	const unit = await makeUnit({ timeZone: 'Asia/Makassar' });
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const officer = await makeOfficer(unit.id);
	const admin = await makeActor([[unit.id, 'admin']]);
	const keys = await generateKeyPair('ES256', { extractable: true });
	const { kty, crv, x, y } = await exportJWK(keys.publicKey);
	const kiosk = await at(PAIRED, async () => {
		const id = await pairKiosk(await createKioskLink(admin, place.id, { mode: 'tablet', pin: '2468' }));
		await registerDeviceKey(await pairedKiosk(id), { kty, crv, x, y });
		return id;
	});
	return { unit, place, officer, admin, kiosk, key: keys.privateKey };
}

const kept = (changes: Partial<KeptRating> = {}): KeptRating => ({
	...{ submission_id: randomUUID(), score: 4, given_at: '2026-03-04T03:00:00Z' },
	...changes
});

const signed = (rating: unknown, key = given.key, alg = 'ES256') =>
	new CompactSign(new TextEncoder().encode(JSON.stringify(rating))).setProtectedHeader({ alg }).sign(key);

async function take(list: KeptRating[], moment = LATER, from = given) {
	const batch = { kiosk: from.kiosk, ratings: await Promise.all(list.map((rating) => signed(rating, from.key))) };
	return at(moment, () => storeTabletRatings(batch));
}

const rowsOf = (unitId: string) => db().select().from(ratings).where(eq(ratings.unitId, unitId)).orderBy(ratings.day);

test('what a tablet kept is stored once with the day it was given, however often and by however many at once it comes', async () => {
	const from = await tablet();
	const list = [
		kept({ officer: from.officer.id, score: 5 }),
		kept({ score: 2, comment: 'Lama menunggu.', given_at: '2026-03-04T17:00:00Z' })
	];
	const answers = await Promise.all(Array.from({ length: 5 }, () => take(list, LATER, from)));
	for (const index of [0, 1]) {
		const outcomes = answers.map((answer) => answer[index]?.outcome);
		expect(outcomes.filter((one) => one === 'stored')).toHaveLength(1);
		expect(outcomes.filter((one) => one === 'repeated')).toHaveLength(4);
	}
	expect(await rowsOf(from.unit.id)).toMatchObject([
		{ day: '2026-03-04', officerId: from.officer.id, score: 5, source: 'kiosk', state: 'counted', verified: false },
		// An hour past midnight in Makassar.
		{ day: '2026-03-05', officerId: null, score: 2, placeId: from.place.id }
	]);
	expect((await ratingSums()).differing).toEqual([]);
});

test('a wrong, missing or foreign signature is refused for good, and the ones beside it are not', async () => {
	const other = await tablet();
	const good = kept();
	const mine = await signed(good);
	const batch = [
		await signed(kept(), other.key),
		mine.replace(/\.[^.]+$/, '.'),
		`${Buffer.from('{"alg":"none"}').toString('base64url')}.${mine.split('.')[1]}.`,
		mine.replace(/^([^.]+)\.[^.]+/, `$1.${Buffer.from(JSON.stringify(kept({ score: 1 }))).toString('base64url')}`),
		'no signature at all',
		mine
	];
	const outcomes = await at(LATER, () => storeTabletRatings({ kiosk: given.kiosk, ratings: batch }));
	const refused = { outcome: 'refused', reason: 'kept_signature' };
	expect(outcomes).toEqual([refused, refused, refused, refused, refused, { outcome: 'stored' }]);
});

test('nothing is taken from a device that was never paired or has no key yet, nor in a batch that is none', async () => {
	await expect(storeTabletRatings({ kiosk: randomUUID(), ratings: [] })).rejects.toThrow(NotFound);
	await expect(storeTabletRatings({ kiosk: given.kiosk, ratings: 'x' })).rejects.toThrow(Invalid);
	const many = Array.from({ length: 13 }, () => 'x');
	await expect(storeTabletRatings({ kiosk: given.kiosk, ratings: many })).rejects.toThrow(Invalid);
	const from = await tablet();
	await db().update(kiosks).set({ publicKey: null }).where(eq(kiosks.id, from.kiosk));
	await expect(take([kept()], LATER, from)).rejects.toThrow(Conflict);
});

test('what a withdrawn tablet kept is held, given before or after, whatever ended it', async () => {
	const from = await tablet();
	await at(new Date('2026-03-05T02:00:00Z'), () => withdrawKiosks(from.admin, from.place.id));
	await take([kept(), kept({ given_at: '2026-03-06T02:00:00Z' })], LATER, from);
	const closed = await tablet();
	await db().update(units).set({ active: false }).where(eq(units.id, closed.unit.id));
	await take([kept()], LATER, closed);
	for (const row of [...(await rowsOf(from.unit.id)), ...(await rowsOf(closed.unit.id))]) {
		expect(row).toMatchObject({ state: 'held', signals: ['withdrawn_device'] });
	}
	expect(await rowsOf(from.unit.id)).toHaveLength(2);
	expect(await rowsOf(closed.unit.id)).toHaveLength(1);
});

test('what was kept for more than seven days is held with its own day, never lost', async () => {
	const from = await tablet();
	await take([kept(), kept({ given_at: '2026-03-10T02:00:00Z' })], new Date('2026-03-12T02:00:00Z'), from);
	expect(await rowsOf(from.unit.id)).toMatchObject([
		{ day: '2026-03-04', state: 'held', signals: ['kept_long'] },
		{ day: '2026-03-10', state: 'counted', signals: [] }
	]);
});

test('a clock that is ahead dates no rating into the future, one that is behind none before the pairing', async () => {
	const from = await tablet();
	const ahead = kept({ given_at: '2031-01-01T00:00:00Z' });
	expect(
		await take([ahead, kept({ given_at: '1970-01-01T00:00:00Z' })], new Date('2026-03-05T02:00:00Z'), from)
	).toEqual([{ outcome: 'stored' }, { outcome: 'stored' }]);
	expect((await rowsOf(from.unit.id)).map((row) => row.day)).toEqual(['2026-03-04', '2026-03-05']);
	// The answer was lost; by the next day the estimate is another one, the rating is not.
	expect(await take([ahead], LATER, from)).toEqual([{ outcome: 'repeated' }]);
});

test('an officer who has left since is still the one who was rated; one of another office never is', async () => {
	const from = await tablet();
	const elsewhere = await makeOfficer((await makeUnit()).id);
	await db().update(officers).set({ active: false }).where(eq(officers.id, from.officer.id));
	const list = [kept({ officer: from.officer.id }), kept({ officer: elsewhere.id })];
	expect(await take(list, LATER, from)).toEqual([
		{ outcome: 'stored' },
		{ outcome: 'refused', reason: 'rating_officer' }
	]);
	expect(await rowsOf(from.unit.id)).toMatchObject([{ officerId: from.officer.id, state: 'counted' }]);
});

test('an id with other content is refused, and content that is none', async () => {
	const from = await tablet();
	const first = kept();
	await take([first], LATER, from);
	const other = { ...first, score: 1 };
	expect(await take([other, kept({ score: 9 }), kept({ given_at: 'kemarin' })], LATER, from)).toEqual([
		{ outcome: 'refused', reason: 'submission_reused' },
		{ outcome: 'refused', reason: 'rating_score' },
		{ outcome: 'refused', reason: 'rating_given_at' }
	]);
});

test('a budget is spent by the hour in which a rating was given, not by the hour in which it arrives, and once', async () => {
	const from = await tablet();
	const hour = (n: number) => new Date(PAIRED.getTime() + n * 60 * 60 * 1000 + 60_000).toISOString();
	const give = async (n: number, given_at: string) => {
		for (let sent = 0; sent < n; sent += 10) {
			const some = Array.from({ length: 10 }, () => kept({ given_at }));
			await take(some, LATER, from);
			// Each answer is lost once.
			await take(some, LATER, from);
		}
	};
	await give(120, hour(1));
	await give(10, hour(2));
	expect((await rowsOf(from.unit.id)).filter((row) => row.state === 'held')).toHaveLength(0);
	await give(10, hour(1));
	const held = (await rowsOf(from.unit.id)).filter((row) => row.state === 'held');
	expect(held).toHaveLength(10);
	expect(held[0]).toMatchObject({ signals: ['over_budget'], stateReason: 'over_budget' });
});
