import { and, gt, inArray, lt } from 'drizzle-orm';
import { RateLimiterDrizzle } from 'rate-limiter-flexible';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { BURST } from '#lib/ratings/signals.ts';
import { networkOf } from '#lib/server/client-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { limits } from '#lib/server/db/schema/people.ts';
import { env } from '#lib/server/env.ts';
import { keyedHex } from '#lib/server/keys.ts';

/** Points per key within a time. The caller decides what happens when they are used up. */
export interface Budget {
	points: number;
	seconds: number;
}

/** A limit that never refuses: from the `points`-th failure on, each makes the next attempt wait longer. */
export interface Slowdown extends Budget {
	/** Seconds that a try waits after `points` failures, after one more, and so on. The last one is the longest. */
	waits: readonly number[];
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Every budget of the product. None is longer than a day, which is how long a hashed address or device may be kept. */
export const BUDGETS = {
	/** Cases, and ratings of the open form, from one address; over it they are held for review, never refused. */
	submission_address: { points: 30, seconds: HOUR },
	/** Satisfaction surveys from one address: a busy counter asks every visitor, on the office's network. */
	survey_address: { points: 120, seconds: HOUR },
	/** Letters "we have your report" to one mail address: nobody fills another's mailbox by filing reports in their name. */
	receipt_letter: { points: 5, seconds: DAY },
	/** Ratings from one address by a printed code or a visit's link: a busy counter's visitors share the office's network. */
	rating_address_invited: { points: 120, seconds: HOUR },
	/** Ratings by way of one place: a desk that serves somebody every half minute. */
	rating_place: { points: 120, seconds: HOUR },
	/** Ratings from one browser: a phone that is passed around in a family, or a class. */
	rating_device: { points: 12, seconds: HOUR },
	/** Ratings of one officer from one browser, counted to see whether it is the second. */
	rating_device_officer: { points: 1, seconds: DAY },
	/** All ratings of one officer, counted to detect a burst. */
	rating_officer: { points: BURST, seconds: 600 }
} as const satisfies Record<string, Budget>;
export type BudgetName = keyof typeof BUDGETS;

/**
 * What slows guesses down. The longest wait is far below the time that proxies and browsers give an answer; the number of
 * tries that wait at the same time (`waiting-room.ts`) then limits how many can be made in a day.
 */
export const SLOWDOWNS = {
	/** Wrong passwords for one account from devices on which nobody has signed in to it. */
	sign_in_account: { points: 5, seconds: HOUR, waits: [1, 2, 4, 8, 15, 20] },
	/** Wrong passwords for one account from one device on which somebody has signed in to it. */
	sign_in_device: { points: 5, seconds: HOUR, waits: [1, 2, 4, 8, 15, 20] },
	/** Wrong PINs on one kiosk. */
	kiosk_pin: { points: 5, seconds: HOUR, waits: [5, 10, 20, 30] }
} as const satisfies Record<string, Slowdown>;
export type SlowdownName = keyof typeof SLOWDOWNS;

let made: { of: unknown; limiters: Map<BudgetName | SlowdownName, RateLimiterDrizzle> } | undefined;

function limiterOf(name: BudgetName | SlowdownName): RateLimiterDrizzle {
	const { database } = handle();
	if (made?.of !== database) made = { of: database, limiters: new Map() };
	const { points, seconds } = { ...BUDGETS, ...SLOWDOWNS }[name];
	const limiter =
		made.limiters.get(name) ??
		new RateLimiterDrizzle({
			...{ storeClient: database, schema: limits, keyPrefix: name, points, duration: seconds },
			// One of them sweeps the table for all: rows an hour past their end are deleted every five minutes.
			clearExpiredByTimeout: made.limiters.size === 0
		});
	made.limiters.set(name, limiter);
	return limiter;
}

/**
 * Takes one point. Counted before the work it guards, so that many tries at once can't slip through together. Not to be called
 * inside a transaction. With LIMITS=off everything is allowed.
 * @returns whether the budget still held a point
 */
export async function consume(name: BudgetName, key: string): Promise<boolean> {
	return (await tally(name, key)) <= BUDGETS[name].points;
}

/** Counts one failure. @returns the seconds that the next try will wait */
export async function countFailure(name: SlowdownName, key: string): Promise<number> {
	if (!env().LIMITS) return 0;
	return waitAfter(name, (await limiterOf(name).penalty(key)).consumedPoints);
}

/** The seconds that a try has to wait now. Not to be called inside a transaction. With LIMITS=off none. */
export async function secondsToWait(name: SlowdownName, key: string): Promise<number> {
	if (!env().LIMITS) return 0;
	return waitAfter(name, (await limiterOf(name).get(key))?.consumedPoints ?? 0);
}

function waitAfter(name: SlowdownName, failures: number): number {
	const { points, waits }: Slowdown = SLOWDOWNS[name];
	return failures < points ? 0 : (waits[Math.min(failures - points, waits.length - 1)] ?? 0);
}

/**
 * Takes one point and says how many were taken in the budget's time, this one included; 0 with LIMITS=off. Not to be called
 * inside a transaction.
 */
export async function tally(name: BudgetName, key: string): Promise<number> {
	if (!env().LIMITS) return 0;
	return (await limiterOf(name).penalty(key)).consumedPoints;
}

/** Forgets the failures: after a right PIN, say. */
export async function forgetFailures(name: SlowdownName, key: string): Promise<void> {
	if (env().LIMITS) await limiterOf(name).delete(key);
}

/** Deletes counts whose time is over, and with them the hashed addresses; for the housekeeping. */
export async function forgetSpentLimits(): Promise<void> {
	await db().delete(limits).where(lt(limits.expire, now()));
}

/**
 * The name under which an address is counted: a keyed hash that changes every day (UTC), of an IPv6 address its /64.
 * The address itself is kept nowhere.
 */
export function addressKey(address: string, daysAgo = 0): string {
	const day = new Date(now().getTime() - daysAgo * DAY_MS);
	return keyedHex('address', networkOf(address), day.toISOString().slice(0, 10));
}

/** The name under which a browser is counted; what it holds itself is a random id that says nothing. */
export function deviceKey(deviceId: string): string {
	return keyedHex('address', `device ${deviceId}`);
}

const networkKey = (accountId: string, address: string) => `network:${keyedHex('address', `${accountId} ${address}`)}`;

/**
 * Notes for a day that an account is active in a network, as one keyed hash of both: who reads the table learns neither.
 * @param address as `addressKey` hashes it
 */
export async function noteNetwork(accountId: string, address: string): Promise<void> {
	const expire = new Date(now().getTime() + DAY_MS);
	await db()
		.insert(limits)
		.values({ key: networkKey(accountId, address), points: 1, expire })
		.onConflictDoUpdate({ target: limits.key, set: { expire } });
}

/** Whether the account was active within a day in one of these networks. */
export async function wasInNetwork(accountId: string, addresses: readonly string[]): Promise<boolean> {
	if (addresses.length === 0) return false;
	const keys = addresses.map((address) => networkKey(accountId, address));
	const found = await db()
		.select({ key: limits.key })
		.from(limits)
		.where(and(inArray(limits.key, keys), gt(limits.expire, now())));
	return found.length > 0;
}
