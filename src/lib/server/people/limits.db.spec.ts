import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { limits } from '#lib/server/db/schema/people.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { addressKey, BUDGETS, consume, forgetSpentLimits, giveBack, refund } from '#lib/server/people/limits.ts';
import { useFreshDatabase } from '#lib/server/testing/database.ts';

useFreshDatabase();

const many = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

test('a budget lets so many through, also when they come all at once', async () => {
	const { points } = BUDGETS.submission_address;
	const answers = await many(points + 12, () => consume('submission_address', 'somebody'));
	expect(answers.filter((answer) => answer.ok)).toHaveLength(points);
	const refused = answers.find((answer) => !answer.ok);
	expect(refused).toMatchObject({ ok: false });
	if (refused && !refused.ok) expect(refused.retryAfter).toBeGreaterThan(3500);
});

test('one key does not spend the budget of another', async () => {
	await many(40, () => consume('submission_address', 'the loud one'));
	expect(await consume('submission_address', 'the quiet one')).toEqual({ ok: true });
});

test('with a slow-down, tries past the budget go on one at a time and ever slower', async () => {
	const { points, slowDown } = BUDGETS.sign_in_account;
	await many(points, () => consume('sign_in_account', 'akun'));
	expect(await consume('sign_in_account', 'akun')).toEqual({ ok: true });
	const next = await consume('sign_in_account', 'akun');
	expect(next.ok).toBe(false);
	if (!next.ok) expect(next.retryAfter).toBeLessThanOrEqual(slowDown[0]);
	const all = await many(10, () => consume('sign_in_account', 'akun'));
	expect(all.some((answer) => answer.ok)).toBe(false);
});

test('giving back makes the budget whole', async () => {
	await many(20, () => consume('sign_in_account', 'lupa'));
	await giveBack('sign_in_account', 'lupa');
	const answers = await many(BUDGETS.sign_in_account.points, () => consume('sign_in_account', 'lupa'));
	expect(answers.every((answer) => answer.ok)).toBe(true);
});

test('a try that was no guess is refunded, others stay counted', async () => {
	const { points } = BUDGETS.receipt_address;
	for (let right = 0; right < 3 * points; right++) {
		expect(await consume('receipt_address', 'the counter')).toEqual({ ok: true });
		await refund('receipt_address', 'the counter');
	}
	await many(points + 1, () => consume('receipt_address', 'the counter'));
	expect((await consume('receipt_address', 'the counter')).ok).toBe(false);
});

test('LIMITS=off counts nothing', async () => {
	const before = env().LIMITS;
	overrideEnv({ LIMITS: false });
	const answers = await many(100, () => consume('sign_in_address', 'bench'));
	overrideEnv({ LIMITS: before });
	expect(answers.every((answer) => answer.ok)).toBe(true);
	const rows = await db().select().from(limits);
	expect(rows.some((row) => row.key.includes('bench'))).toBe(false);
});

test('an address is stored as a keyed hash that changes with the day', async () => {
	const monday = withClock(
		() => new Date('2026-11-23T23:59:00Z'),
		() => addressKey('203.0.113.9')
	);
	const tuesday = withClock(
		() => new Date('2026-11-24T00:01:00Z'),
		() => addressKey('203.0.113.9')
	);
	expect(monday).toMatch(/^[0-9a-f]{64}$/);
	expect(tuesday).not.toBe(monday);
	await consume('receipt_address', monday);
	const stored = JSON.stringify(await db().select().from(limits));
	expect(stored).toContain(monday);
	expect(stored).not.toContain('203.0.113');
});

test('counts whose time is over are forgotten, running ones are not', async () => {
	await consume('receipt_address', 'past');
	await consume('receipt_address', 'present');
	await db()
		.update(limits)
		.set({ expire: new Date('2020-01-01T00:00:00Z') })
		.where(eq(limits.key, 'receipt_address:past'));
	await forgetSpentLimits();
	const keys = (await db().select().from(limits)).map((row) => row.key);
	expect(keys).toContain('receipt_address:present');
	expect(keys).not.toContain('receipt_address:past');
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
