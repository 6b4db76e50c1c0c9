import { isIPv6 } from 'node:net';
import { and, gt, inArray, lt } from 'drizzle-orm';
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible';
import { BURST } from '#lib/ratings/signals.ts';
import { now } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { limits } from '#lib/server/db/schema/people.ts';
import { env } from '#lib/server/env.ts';
import { keyedHex } from '#lib/server/keys.ts';

/** So many points in so many seconds for one key; what is done when they are spent is the caller's to say. */
export interface Budget {
	points: number;
	seconds: number;
	/** Seconds between further tries once the points are spent, longer with each; without it the window has to end. */
	slowDown?: readonly number[];
}

const HOUR = 3600;

const DAY = 24 * HOUR;

/** Every budget of the product. None is longer than a day, which is how long a hashed address or device may be kept. */
export const BUDGETS = {
	/** Tries at one account's password, whoever makes them: slowed down, never locked, so that nobody is shut out. */
	sign_in_account: { points: 5, seconds: HOUR, slowDown: [5, 15, 30, 60, 120, 300] },
	/** Tries from one address; an office behind one address has many people. */
	sign_in_address: { points: 20, seconds: HOUR, slowDown: [5, 15, 30, 60, 120, 300] },
	/** Wrong receipts from one address: 80 bits are not guessed, but nobody needs to try. */
	receipt_address: { points: 15, seconds: HOUR, slowDown: [10, 30, 60, 120, 300] },
	/** Tries at the PIN of one kiosk's page, whoever stands before it. */
	kiosk_pin: { points: 5, seconds: HOUR / 4 },
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
	/** Ratings of one officer, whoever gives them, counted to see a burst. */
	rating_officer: { points: BURST, seconds: 600 }
} as const satisfies Record<string, Budget>;
export type BudgetName = keyof typeof BUDGETS;

export type Consumed = { ok: true } | { ok: false; retryAfter: number };

interface Limiters {
	points: RateLimiterDrizzle;
	wait: RateLimiterDrizzle;
}
let made: { of: unknown; limiters: Map<BudgetName, Limiters> } | undefined;

function limitersOf(name: BudgetName): Limiters {
	const { database } = handle();
	if (made?.of !== database) made = { of: database, limiters: new Map() };
	let limiters = made.limiters.get(name);
	if (!limiters) {
		const { points, seconds } = BUDGETS[name];
		// One of them sweeps the table for all: rows an hour past their end are deleted every five minutes.
		const sweeping = made.limiters.size === 0;
		const shared = { storeClient: database, schema: limits };
		limiters = {
			points: new RateLimiterDrizzle({
				...shared,
				keyPrefix: name,
				points,
				duration: seconds,
				clearExpiredByTimeout: sweeping
			}),
			wait: new RateLimiterDrizzle({
				...shared,
				keyPrefix: `${name}_wait`,
				points: 1,
				duration: seconds,
				clearExpiredByTimeout: false
			})
		};
		made.limiters.set(name, limiters);
	}
	return limiters;
}

/**
 * Takes one point. Counted before the work it guards, so that many tries at once can't slip through together.
 * Not to be called inside a transaction. With LIMITS=off everything is allowed.
 *
 * @returns `retryAfter` in whole seconds where the budget is spent
 */
export async function consume(name: BudgetName, key: string): Promise<Consumed> {
	if (!env().LIMITS) return { ok: true };
	const budget: Budget = BUDGETS[name];
	const limiters = limitersOf(name);
	const { consumedPoints, msBeforeNext } = await limiters.points.penalty(key);
	const over = consumedPoints - budget.points;
	if (over <= 0) return { ok: true };
	if (!budget.slowDown) return { ok: false, retryAfter: seconds(msBeforeNext) };
	const wait = budget.slowDown[Math.min(over, budget.slowDown.length) - 1] ?? budget.seconds;
	try {
		await limiters.wait.consume(key, 1, { customDuration: wait });
		return { ok: true };
	} catch (cause) {
		if (cause instanceof RateLimiterRes) return { ok: false, retryAfter: seconds(cause.msBeforeNext) };
		throw cause;
	}
}

/**
 * Takes one point and says how many were taken in the budget's time, this one included; 0 with LIMITS=off. Not to be called
 * inside a transaction.
 */
export async function tally(name: BudgetName, key: string): Promise<number> {
	if (!env().LIMITS) return 0;
	return (await limitersOf(name).points.penalty(key)).consumedPoints;
}

/** Gives one point back: the try was no guess. Many people share an address, and the right ones are not to be counted. */
export async function refund(name: BudgetName, key: string): Promise<void> {
	if (env().LIMITS) await limitersOf(name).points.reward(key, 1);
}

/** Gives the whole budget back: after a right password, say. */
export async function giveBack(name: BudgetName, key: string): Promise<void> {
	if (!env().LIMITS) return;
	const limiters = limitersOf(name);
	await limiters.points.delete(key);
	await limiters.wait.delete(key);
}

/** Deletes counts whose time is over, and with them the hashed addresses; for the housekeeping. */
export async function forgetSpentLimits(): Promise<void> {
	await db().delete(limits).where(lt(limits.expire, now()));
}

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/** The first four groups of an IPv6 address, which is what one household or office has; other addresses whole. */
function network(address: string): string {
	const plain = address.split('%', 1)[0] ?? '';
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
	if (mapped?.[1]) return mapped[1];
	if (!isIPv6(plain)) return plain;
	const [head = '', tail] = plain.split('::', 2);
	const groups = (text: string) => (text === '' ? [] : text.split(':'));
	const front = groups(head);
	const back = groups(tail ?? '');
	const zeros = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
	const full = [...front, ...zeros, ...back].slice(0, 4);
	return full.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/**
 * The name under which an address is counted: a keyed hash that changes every day (UTC), of an IPv6 address its /64.
 * The address itself is kept nowhere.
 */
export function addressKey(address: string, daysAgo = 0): string {
	const day = new Date(now().getTime() - daysAgo * DAY * 1000);
	return keyedHex('address', network(address), day.toISOString().slice(0, 10));
}

/** The name under which a browser is counted; what it holds itself is a random id that says nothing. */
export function deviceKey(deviceId: string): string {
	return keyedHex('address', `device ${deviceId}`);
}

const NETWORK_MS = DAY * 1000;
const networkKey = (accountId: string, address: string) => `network:${keyedHex('address', `${accountId} ${address}`)}`;

/**
 * Notes for a day that an account is active in a network, as one keyed hash of both: who reads the table learns neither.
 *
 * @param address as `addressKey` hashes it
 */
export async function noteNetwork(accountId: string, address: string): Promise<void> {
	const expire = new Date(now().getTime() + NETWORK_MS);
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
