import type { RequestEvent } from '@sveltejs/kit';
import { afterEach, expect, test } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { BUDGETS } from '#lib/server/rate-limits.ts';
import { requestTo } from '#lib/dev/testing/request.ts';
import { hiddenFields, isDoubtful, looksMachineMade, ratingSigns } from './bot-check.ts';
import { db } from '#lib/server/db/index.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';

afterEach(() => overrideEnv({ LIMITS: true }));

let browsers = 0;
/** A browser that stores its cookies; by default from an address that has sent nothing yet. */
function browser(address = `10.1.0.${++browsers}`) {
	const jar = new Map<string, string>();
	const cookies = {
		get: (name: string) => jar.get(name),
		set: (name: string, value: string, options: { httpOnly?: boolean }) => {
			expect(options.httpOnly).toBe(true);
			jar.set(name, value);
		}
	};
	return { event: requestTo('/', { cookies, getClientAddress: () => address }), jar };
}
const stranger = () => browser().event;

const at = (time: string) => () => new Date(`2026-12-01T${time}Z`);
const opened = async (time: string) => (await withClock(at(time), () => hiddenFields(stranger()))).opened;

test('a form that took as long as a person needs is not doubtful', async () => {
	const typed = { opened: await opened('02:00:00'), homepage: '' };
	expect(await withClock(at('02:00:20'), () => isDoubtful(stranger(), typed, 'case'))).toBe(false);
	expect(await withClock(at('02:00:04'), () => looksMachineMade(typed, 'rating'))).toBe(false);
});

test('a form that was sent faster than anybody reads is doubtful', async () => {
	const typed = { opened: await opened('02:00:00') };
	expect(await withClock(at('02:00:01'), () => isDoubtful(stranger(), typed, 'case'))).toBe(true);
	expect(await withClock(at('02:00:00.200'), () => looksMachineMade(typed, 'rating'))).toBe(true);
	// Nine questions take longer to read than one.
	expect(await withClock(at('02:00:04'), () => isDoubtful(stranger(), typed, 'survey'))).toBe(true);
	expect(await withClock(at('02:00:06'), () => isDoubtful(stranger(), typed, 'survey'))).toBe(false);
});

test('a page that was open for weeks, or a form without a time stamp, is not doubtful', async () => {
	const typed = { opened: await opened('02:00:00') };
	const weeksLater = () => new Date('2026-12-24T02:00:00Z');
	expect(await withClock(weeksLater, () => isDoubtful(stranger(), typed, 'case'))).toBe(false);
	expect(await isDoubtful(stranger(), {}, 'case')).toBe(false);
	expect(await isDoubtful(stranger(), { opened: 'forged' }, 'case')).toBe(false);
});

test('a form from an address over its rate limit is doubtful, one from another address is not', async () => {
	const loud = stranger();
	const answers = [];
	for (let sent = 0; sent <= BUDGETS.submission_address.points; sent++)
		answers.push(await isDoubtful(loud, {}, 'case'));
	expect(answers.at(-1)).toBe(true);
	expect(answers.slice(0, -1)).not.toContain(true);
	expect(await isDoubtful(stranger(), {}, 'case')).toBe(false);
});

test('surveys of a busy counter are not doubtful, and do not count against complaints from the same address', async () => {
	const counter = stranger();
	const answers = [];
	for (let sent = 0; sent < BUDGETS.submission_address.points * 2; sent++)
		answers.push(await isDoubtful(counter, {}, 'survey'));
	expect(answers).not.toContain(true);
	expect(await isDoubtful(counter, {}, 'case')).toBe(false);
});

test('with LIMITS=off no form is doubtful', async () => {
	overrideEnv({ ...env(), LIMITS: false });
	expect(await isDoubtful(stranger(), { homepage: 'x' }, 'case')).toBe(false);
});

test('every page has its own submission id', async () => {
	const [one, other] = await Promise.all([hiddenFields(stranger()), hiddenFields(stranger())]);
	expect(one.submissionId).not.toBe(other.submissionId);
});

async function noticedOf(events: RequestEvent[], invited: Parameters<typeof ratingSigns>[2] = {}) {
	const all = [];
	for (const event of events) all.push((await ratingSigns(event, {}, invited)).noticed);
	return all;
}
const times = (count: number) => Array.from({ length: count });

test('sixty visitors at one address are within the rate limit; a browser that sends one more than its own limit is not', async () => {
	const visitors = times(60).map(() => browser('10.0.0.1').event);
	expect((await noticedOf(visitors, { placeId: 'desk-1' })).flat()).toEqual([]);
	const { event } = browser('10.0.0.1');
	const noticed = await noticedOf(
		times(BUDGETS.rating_device.points + 1).map(() => event),
		{ placeId: 'desk-1' }
	);
	expect(noticed.slice(0, -1).flat()).toEqual([]);
	expect(noticed.at(-1)).toEqual(['over_budget']);
});

test('signals a place over its rate limit for every sender, and no other place', async () => {
	const senders = times(BUDGETS.rating_place.points + 1).map((_, n) => browser(`10.2.${n}.1`).event);
	const noticed = await noticedOf(senders, { placeId: 'desk-2' });
	expect(noticed.at(-1)).toEqual(['over_budget']);
	expect(noticed.slice(0, -1).flat()).toEqual([]);
	expect(await noticedOf([browser().event], { placeId: 'desk-3' })).toEqual([[]]);
});

test('a visit’s link has the same rate limit as a scanned code, independently of other forms from the address', async () => {
	const from = (count: number) => times(count).map(() => browser('10.0.0.8').event);
	await noticedOf(from(BUDGETS.submission_address.points));
	const noticed = await noticedOf(from(BUDGETS.rating_address_invited.points + 1), { byLink: true });
	expect(noticed.slice(0, -1).flat()).toEqual([]);
	expect(noticed.at(-1)).toEqual(['over_budget']);
});

test('without a code an address has the lower rate limit', async () => {
	const senders = times(BUDGETS.submission_address.points + 1).map(() => browser('10.0.0.9').event);
	expect((await noticedOf(senders)).at(-1)).toEqual(['over_budget']);
});

test('a browser is recognised by an encrypted cookie, and its id is stored nowhere', async () => {
	// Other tests counted at other times.
	await db().delete(rateLimits);
	const { event, jar } = browser();
	const first = await ratingSigns(event, {}, {});
	const second = await ratingSigns(event, {}, {});
	expect(second.sender.device).toBe(first.sender.device);
	expect((await ratingSigns(browser().event, {}, {})).sender.device).not.toBe(first.sender.device);
	expect([...jar.keys()]).toEqual(['perangkat']);
	const keys = (await db().select().from(rateLimits)).map((row) => row.key).join(' ');
	expect(keys).not.toContain('10.1.0.');
	const day = 24 * 3600 * 1000;
	for (const row of await db().select().from(rateLimits))
		expect((row.expire?.getTime() ?? Infinity) - Date.now()).toBeLessThanOrEqual(day);
});

test('signals a filled-in trap field, and nothing with LIMITS=off', async () => {
	const typed = { homepage: 'https://example.com' };
	expect((await ratingSigns(browser().event, typed, {})).noticed).toEqual(['machine']);
	overrideEnv({ LIMITS: false });
	expect((await ratingSigns(browser().event, typed, {})).noticed).toEqual([]);
});
