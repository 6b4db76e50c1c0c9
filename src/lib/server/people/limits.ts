import { isIPv6 } from 'node:net';
import { lt } from 'drizzle-orm';
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible';
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

/** Every budget of the product. All are shorter than a day, which is how long a hashed address may be kept. */
export const BUDGETS = {
	/** Tries at one account's password, whoever makes them: slowed down, never locked, so that nobody is shut out. */
	sign_in_account: { points: 5, seconds: HOUR, slowDown: [5, 15, 30, 60, 120, 300] },
	/** Tries from one address; an office behind one address has many people. */
	sign_in_address: { points: 20, seconds: HOUR, slowDown: [5, 15, 30, 60, 120, 300] },
	/** Wrong receipts from one address: 80 bits are not guessed, but nobody needs to try. */
	receipt_address: { points: 15, seconds: HOUR, slowDown: [10, 30, 60, 120, 300] },
	/** Cases and ratings from one address; over it they are held for review, never refused. */
	submission_address: { points: 30, seconds: HOUR }
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
export function addressKey(address: string): string {
	return keyedHex('address', network(address), now().toISOString().slice(0, 10));
}
