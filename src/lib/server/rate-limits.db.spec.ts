import { eq, like } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import {
	addressKey,
	BUDGETS,
	consume,
	consumeAll,
	countFailure,
	resetFailures,
	deleteExpiredLimits,
	NETWORK_MS,
	noteNetwork,
	secondsToWait,
	SLOWDOWNS
} from './rate-limits.ts';
import { atTime } from '#lib/dev/testing/office.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const many = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

test('a rate limit allows each key its number of requests, even if they are concurrent', async () => {
	const { points } = BUDGETS.submission_address;
	const answers = await many(points + 12, () => consume('submission_address', 'the loud one'));
	expect(answers.filter(Boolean)).toHaveLength(points);
	expect(await consume('submission_address', 'the quiet one')).toBe(true);
});

test('requests that count the same limits in another order all count, and none waits for another in a circle', async () => {
	const limits = [
		['rating_place', 'desk'],
		['rating_address_invited', 'office']
	] as const;
	const { points } = BUDGETS.rating_place;
	const inTurn = Array.from({ length: points + 5 }, (_, n) => (n % 2 ? limits : limits.toReversed()));
	const answers = await Promise.all(inTurn.map((one) => consumeAll(one)));
	expect(answers.filter(Boolean)).toHaveLength(points);
});

test('after several failures each further try waits longer, until the failures are reset or their hour is over', async () => {
	const { points, waits } = SLOWDOWNS.kiosk_pin;
	for (let n = 1; n < points; n++) expect(await countFailure('kiosk_pin', 'tablet')).toBe(0);
	for (const wait of [...waits, waits.at(-1)]) expect(await countFailure('kiosk_pin', 'tablet')).toBe(wait);
	expect(await secondsToWait('kiosk_pin', 'tablet')).toBe(waits.at(-1));
	expect(await secondsToWait('kiosk_pin', 'another tablet')).toBe(0);
	await resetFailures('kiosk_pin', 'tablet');
	expect(await secondsToWait('kiosk_pin', 'tablet')).toBe(0);
	await many(points, () => countFailure('kiosk_pin', 'old'));
	expect(await secondsToWait('kiosk_pin', 'old')).toBe(waits[0]);
	await db().update(rateLimits).set({ expire: LONG_AGO }).where(eq(rateLimits.key, 'kiosk_pin:old'));
	expect(await secondsToWait('kiosk_pin', 'old')).toBe(0);
});

test('no wait is longer than 30 seconds', () => {
	for (const { waits } of Object.values(SLOWDOWNS)) expect(Math.max(...waits)).toBeLessThanOrEqual(30);
});

test('LIMITS=off counts nothing', async () => {
	const before = env().LIMITS;
	overrideEnv({ LIMITS: false });
	const answers = await many(100, () => consume('submission_address', 'bench'));
	overrideEnv({ LIMITS: before });
	expect(answers.every(Boolean)).toBe(true);
	const rows = await db().select().from(rateLimits);
	expect(rows.some((row) => row.key.includes('bench'))).toBe(false);
});

test('an address is stored as a keyed hash that changes every day', async () => {
	const monday = atTime('2026-11-23T23:59:00Z', () => addressKey('203.0.113.9'));
	const tuesday = atTime('2026-11-24T00:01:00Z', () => addressKey('203.0.113.9'));
	expect(monday).toMatch(/^[0-9a-f]{64}$/);
	expect(tuesday).not.toBe(monday);
	await consume('survey_address', monday);
	const stored = JSON.stringify(await db().select().from(rateLimits));
	expect(stored).toContain(monday);
	expect(stored).not.toContain('203.0.113');
});

test('later activity of an account in a network does not store the network for longer', async () => {
	const morning = '2026-11-23T00:05:00Z';
	const network = atTime(morning, () => addressKey('203.0.113.9'));
	for (const moment of [morning, '2026-11-23T20:00:00Z']) await atTime(moment, () => noteNetwork('account', network));
	const stored = await db().select().from(rateLimits).where(like(rateLimits.key, 'network:%'));
	expect(stored.map(({ expire }) => expire)).toEqual([new Date(Date.parse(morning) + NETWORK_MS)]);
});

test('activity of an account after the time of its network is stored again, also before the expired row is deleted', async () => {
	const [morning, evening] = ['2026-11-24T00:05:00Z', '2026-11-24T22:30:00Z'];
	const network = atTime(morning, () => addressKey('203.0.113.19'));
	for (const moment of [morning, evening]) await atTime(moment, () => noteNetwork('early', network));
	const stored = await db().select().from(rateLimits).where(like(rateLimits.key, 'network:%'));
	expect(stored.map(({ expire }) => expire)).toContainEqual(new Date(Date.parse(evening) + NETWORK_MS));
});

test('expired counts are deleted, current ones are not', async () => {
	await consume('survey_address', 'past');
	await consume('survey_address', 'present');
	await db().update(rateLimits).set({ expire: LONG_AGO }).where(eq(rateLimits.key, 'survey_address:past'));
	await deleteExpiredLimits();
	const keys = (await db().select().from(rateLimits)).map((row) => row.key);
	expect(keys).toContain('survey_address:present');
	expect(keys).not.toContain('survey_address:past');
});

test.each([
	['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
	['2001:db8:1:2::1', '2001:0DB8:0001:0002:0:0:0:1', true],
	['2001:db8:1:2::1', '2001:db8:1:3::1', false],
	['2001:db8::5', '2001:db8:0:0:9::', true],
	['fe80::1%eth0', 'fe80::2', true],
	['::1', '::2', true],
	['::ffff:203.0.113.9', '203.0.113.9', true],
	['203.0.113.9', '203.0.113.10', false]
])('%s and %s count as one network: %s', (one, other, same) => {
	expect(addressKey(one) === addressKey(other)).toBe(same);
});
