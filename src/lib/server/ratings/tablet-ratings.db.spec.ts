import { eq } from 'drizzle-orm';
import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import type { TabletRating } from '#lib/ratings/kiosk.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { kiosks, officers, places, units } from '#lib/server/db/schema/units.ts';
import { Conflict, Invalid, NotFound } from '#lib/server/errors.ts';
import { registerDeviceKey, withdrawKiosks, pairedKiosk } from '#lib/server/places/kiosks.ts';
import { createKioskLink, pairKiosk } from '#lib/server/places/kiosk-pairing.ts';
import { makeActor, makeOfficer, makePlace, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { ratingSums } from '#lib/dev/testing/figures/rating-history.ts';
import { storeTabletRatings } from './tablet-ratings.ts';

/** Wednesdays in office hours in Makassar (UTC+8), one week apart. */
const PAIRED = new Date('2026-03-04T02:00:00Z');
const LATER = new Date('2026-03-11T02:00:00Z');

let shared: Awaited<ReturnType<typeof tablet>>;
beforeAll(async () => {
	shared = await tablet();
});

/** Makes a tablet that is paired and has registered its key. */
async function tablet() {
	const unit = await makeUnit({ timeZone: 'Asia/Makassar' });
	const place = await makePlace(unit.id, { kind: 'kiosk' });
	const officer = await makeOfficer(unit.id);
	const admin = await makeActor([[unit.id, 'admin']]);
	const keys = await generateKeyPair('ES256', { extractable: true });
	const { kty, crv, x, y } = await exportJWK(keys.publicKey);
	const kiosk = await atTime(PAIRED, async () => {
		const id = await pairKiosk(await createKioskLink(admin, place.id, { mode: 'tablet', pin: '2468' }));
		await registerDeviceKey(await pairedKiosk(id), { kty, crv, x, y });
		return id;
	});
	return { unit, place, officer, admin, kiosk, key: keys.privateKey };
}

const tabletRating = (changes: Partial<TabletRating> = {}): TabletRating => ({
	submission_id: crypto.randomUUID(),
	score: 4,
	given_at: '2026-03-04T03:00:00Z',
	...changes
});

const signed = (rating: unknown, key = shared.key, alg = 'ES256') =>
	new CompactSign(new TextEncoder().encode(JSON.stringify(rating))).setProtectedHeader({ alg }).sign(key);

async function send(list: TabletRating[], moment = LATER, from = shared) {
	const batch = { kiosk: from.kiosk, ratings: await Promise.all(list.map((rating) => signed(rating, from.key))) };
	return atTime(moment, () => storeTabletRatings(batch));
}

const rowsOf = (unitId: string) => db().select().from(ratings).where(eq(ratings.unitId, unitId)).orderBy(ratings.day);

test('stores a tablet’s ratings once with the day they were given, even if sent five times concurrently', async () => {
	const from = await tablet();
	const list = [
		tabletRating({ officer: from.officer.id, score: 5 }),
		tabletRating({ score: 2, tags: ['waiting'], comment: 'Lama menunggu.', given_at: '2026-03-04T17:00:00Z' })
	];
	const results = await Promise.all(Array.from({ length: 5 }, () => send(list, LATER, from)));
	for (const index of [0, 1]) {
		const outcomes = results.map((result) => result[index]?.outcome);
		expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
		expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(4);
	}
	expect(await rowsOf(from.unit.id)).toMatchObject([
		{ day: '2026-03-04', officerId: from.officer.id, score: 5, source: 'kiosk', state: 'counted', verified: false },
		// One hour past midnight in Makassar.
		{ day: '2026-03-05', officerId: null, score: 2, tags: ['waiting'], placeId: from.place.id }
	]);
	expect((await ratingSums()).differing).toEqual([]);
});

test('refuses a wrong, missing or foreign signature, and stores a valid rating in the same batch', async () => {
	const other = await tablet();
	const good = tabletRating();
	const mine = await signed(good);
	const batch = [
		await signed(tabletRating(), other.key),
		mine.replace(/\.[^.]+$/, '.'),
		`${Buffer.from('{"alg":"none"}').toString('base64url')}.${mine.split('.')[1]}.`,
		mine.replace(
			/^([^.]+)\.[^.]+/,
			`$1.${Buffer.from(JSON.stringify(tabletRating({ score: 1 }))).toString('base64url')}`
		),
		'no signature at all',
		mine
	];
	const outcomes = await atTime(LATER, () => storeTabletRatings({ kiosk: shared.kiosk, ratings: batch }));
	const refused = { outcome: 'refused', reason: 'kept_signature' };
	expect(outcomes).toEqual([refused, refused, refused, refused, refused, { outcome: 'stored' }]);
});

test('refuses an unpaired device, a malformed batch, a batch over the maximum size, and a device without a key', async () => {
	await expect(storeTabletRatings({ kiosk: crypto.randomUUID(), ratings: [] })).rejects.toThrow(NotFound);
	await expect(storeTabletRatings({ kiosk: shared.kiosk, ratings: 'x' })).rejects.toThrow(Invalid);
	const many = Array.from({ length: 13 }, () => 'x');
	await expect(storeTabletRatings({ kiosk: shared.kiosk, ratings: many })).rejects.toThrow(Invalid);
	const from = await tablet();
	await db().update(kiosks).set({ publicKey: null }).where(eq(kiosks.id, from.kiosk));
	await expect(send([tabletRating()], LATER, from)).rejects.toThrow(Conflict);
});

test('holds ratings of a withdrawn tablet or a closed unit, whether given before or after the withdrawal', async () => {
	const from = await tablet();
	await atTime(new Date('2026-03-05T02:00:00Z'), () => withdrawKiosks(from.admin, from.place.id));
	await send([tabletRating(), tabletRating({ given_at: '2026-03-06T02:00:00Z' })], LATER, from);
	const closed = await tablet();
	await db().update(units).set({ state: 'closed' }).where(eq(units.id, closed.unit.id));
	await send([tabletRating()], LATER, closed);
	for (const row of [...(await rowsOf(from.unit.id)), ...(await rowsOf(closed.unit.id))]) {
		expect(row).toMatchObject({ state: 'held', signals: ['withdrawn_device'] });
	}
	expect(await rowsOf(from.unit.id)).toHaveLength(2);
	expect(await rowsOf(closed.unit.id)).toHaveLength(1);
});

test('holds a rating sent more than seven days late, with the day it was given', async () => {
	const from = await tablet();
	await send(
		[tabletRating(), tabletRating({ given_at: '2026-03-10T02:00:00Z' })],
		new Date('2026-03-12T02:00:00Z'),
		from
	);
	expect(await rowsOf(from.unit.id)).toMatchObject([
		{ day: '2026-03-04', state: 'held', signals: ['kept_long'] },
		{ day: '2026-03-10', state: 'counted', signals: [] }
	]);
});

test('a rating of a former pairing that is signed again keeps its day, but is no older than the place', async () => {
	const from = await tablet();
	await db()
		.update(places)
		.set({ createdAt: new Date('2026-02-25T02:00:00Z') })
		.where(eq(places.id, from.place.id));
	const again = (given_at: string) => tabletRating({ given_at, signed_again: true });
	const list = ['2026-03-03T02:00:00Z', '2026-03-02T01:30:00Z', '1970-01-01T00:00:00Z'].map(again);
	await send(list, new Date('2026-03-09T02:00:00Z'), from);
	expect(await rowsOf(from.unit.id)).toMatchObject([
		{ day: '2026-02-25', state: 'held', signals: ['kept_long'] },
		{ day: '2026-03-02', state: 'held', signals: ['kept_long'] },
		{ day: '2026-03-03', state: 'counted', signals: [] }
	]);
});

test('a tablet’s wrong clock never dates a rating into the future or before the pairing', async () => {
	const from = await tablet();
	const ahead = tabletRating({ given_at: '2031-01-01T00:00:00Z' });
	expect(
		await send([ahead, tabletRating({ given_at: '1970-01-01T00:00:00Z' })], new Date('2026-03-05T02:00:00Z'), from)
	).toEqual([{ outcome: 'stored' }, { outcome: 'stored' }]);
	expect((await rowsOf(from.unit.id)).map((row) => row.day)).toEqual(['2026-03-04', '2026-03-05']);
	// The tablet sends the rating again on a later day. The estimated time differs, but the rating is recognised.
	expect(await send([ahead], LATER, from)).toEqual([{ outcome: 'repeated' }]);
});

test('accepts an officer who has left since, and refuses an officer of another office', async () => {
	const from = await tablet();
	const elsewhere = await makeOfficer((await makeUnit()).id);
	await db().update(officers).set({ active: false }).where(eq(officers.id, from.officer.id));
	const list = [tabletRating({ officer: from.officer.id }), tabletRating({ officer: elsewhere.id })];
	expect(await send(list, LATER, from)).toEqual([
		{ outcome: 'stored' },
		{ outcome: 'refused', reason: 'rating_officer' }
	]);
	expect(await rowsOf(from.unit.id)).toMatchObject([{ officerId: from.officer.id, state: 'counted' }]);
});

test('refuses an id reused with other content, and invalid content', async () => {
	const from = await tablet();
	const first = tabletRating();
	await send([first], LATER, from);
	const other = { ...first, score: 1 };
	expect(await send([other, tabletRating({ score: 9 }), tabletRating({ given_at: 'kemarin' })], LATER, from)).toEqual([
		{ outcome: 'refused', reason: 'submission_reused' },
		{ outcome: 'refused', reason: 'rating_score_range' },
		{ outcome: 'refused', reason: 'rating_given_at' }
	]);
});

test('counts ratings in the rate limit by the hour in which they were given, and a retry only once', async () => {
	const from = await tablet();
	const hour = (n: number) => new Date(PAIRED.getTime() + n * 60 * 60 * 1000 + 60_000).toISOString();
	const sendMany = async (n: number, given_at: string) => {
		for (let sent = 0; sent < n; sent += 10) {
			const batch = Array.from({ length: 10 }, () => tabletRating({ given_at }));
			await send(batch, LATER, from);
			// Sent again, as after a lost response.
			await send(batch, LATER, from);
		}
	};
	await sendMany(120, hour(1));
	await sendMany(10, hour(2));
	expect((await rowsOf(from.unit.id)).filter((row) => row.state === 'held')).toHaveLength(0);
	await sendMany(10, hour(1));
	const held = (await rowsOf(from.unit.id)).filter((row) => row.state === 'held');
	expect(held).toHaveLength(10);
	expect(held[0]).toMatchObject({ signals: ['over_budget'], stateReason: 'over_budget' });
});
