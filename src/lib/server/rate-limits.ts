import { and, eq, exists, gt, inArray, lt, lte, sql, type SQL } from 'drizzle-orm';
import { DAY_MS, DAY_SECONDS, HOUR_MS, HOUR_SECONDS } from '#lib/calendar/durations.ts';
import { BURST } from '#lib/ratings/signals.ts';
import { networkOf } from '#lib/server/client-address.ts';
import { ago, fromNow, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';
import { env } from '#lib/server/env.ts';
import { keyedHex } from '#lib/server/keys.ts';

/*
 * Three functions count: `tally` only counts, `consume` also says whether the limit had a point left, for a caller that then
 * refuses or flags, and `countFailure` slows down the next try.
 */

/** A number of points per key within a time. The caller decides what happens when they are used up. */
export interface Budget {
	points: number;
	seconds: number;
}

/** From the `points`-th failure on, each failure makes the next attempt wait longer. No attempt is refused. */
export interface Slowdown extends Budget {
	/**
	 * Seconds that a try waits after `points` failures, after one more, and so on. The last value is the longest wait.
	 */
	waits: readonly number[];
}

/**
 * Rate limits that are counted in the table `rate_limits`. None is longer than a day, because hashed addresses and devices
 * may be stored for at most a day.
 */
export const BUDGETS = {
	/** Cases and ratings of the open form from one address. Above it, cases are flagged and ratings held; none is refused. */
	submission_address: { points: 30, seconds: HOUR_SECONDS },
	/** The reporter's messages with files to one report. Each may have five files, which staff must read and print. */
	message_files: { points: 20, seconds: DAY_SECONDS },
	/** A reporter's downloads of the copy of one report. Each adds an entry to the report's timeline. */
	copy: { points: 20, seconds: DAY_SECONDS },
	/**
	 * A reporter's requests about the data of one report, also withdrawn ones. Each notifies the people who decide and stays
	 * in the register and the audit log.
	 */
	data_request: { points: 10, seconds: DAY_SECONDS },
	/** How often a reporter can switch on push messages about one report. Each time records a consent. */
	reporter_push: { points: 20, seconds: DAY_SECONDS },
	/** Satisfaction surveys from one address. A busy counter asks every visitor, all on the office's network. */
	survey_address: { points: 120, seconds: HOUR_SECONDS },
	/**
	 * Receipt e-mails to one address, and links that confirm a new contact. Without this limit, a person could fill a
	 * stranger's mailbox by filing reports in that stranger's name.
	 */
	receipt_email: { points: 5, seconds: DAY_SECONDS },
	/**
	 * Confirmations of reports that a mailbox opened by itself, to one address about one text: two helpdesks must not
	 * answer each other.
	 */
	acknowledgement: { points: 1, seconds: HOUR_SECONDS },
	/** Links for a forgotten password, of one account. Each is an e-mail to its owner. */
	reset_account: { points: 3, seconds: HOUR_SECONDS },
	/** Links for forgotten passwords from one address, which an office shares, or from one browser of staff. */
	reset_address: { points: 20, seconds: HOUR_SECONDS },
	/** Wrong codes of a second factor for one account. The last one notifies its owner; nothing is refused. */
	second_factor_guesses: { points: 10, seconds: DAY_SECONDS },
	/** Wrong passwords for one account, more than its owner types. The last one notifies the owner; nothing is refused. */
	password_guesses: { points: 20, seconds: DAY_SECONDS },
	/** Responses of the identity provider from one address, which an office shares. Each is a request to the provider. */
	sso_address: { points: 120, seconds: HOUR_SECONDS },
	/** Ratings from one address by a code or a visit's link. All visitors share the office's network. */
	rating_address_invited: { points: 120, seconds: HOUR_SECONDS },
	/** Ratings at one place: enough for a desk that serves somebody every half minute. */
	rating_place: { points: 120, seconds: HOUR_SECONDS },
	/** Ratings from one browser: enough for a phone shared by a family or a class. */
	rating_device: { points: 12, seconds: HOUR_SECONDS },
	/** Ratings of one officer from one browser, counted to detect the second one. */
	rating_device_officer: { points: 1, seconds: DAY_SECONDS },
	/** All ratings of one officer, counted to detect a burst. */
	rating_officer: { points: BURST, seconds: 600 }
} as const satisfies Record<string, Budget>;
export type BudgetName = keyof typeof BUDGETS;

const WRONG_PASSWORDS = { points: 5, seconds: HOUR_SECONDS, waits: [1, 2, 4, 8, 15, 20] };

/**
 * Limits that slow down guessing. The longest wait is far below the timeout of proxies and browsers. The number of
 * tries that may wait at the same time (`attempt-queue.ts`) then limits how many can be made in a day.
 */
export const SLOWDOWNS = {
	/** Wrong passwords for one account from devices on which nobody has signed in to the account. */
	sign_in_account: WRONG_PASSWORDS,
	/** Wrong passwords for one account from one device on which somebody has signed in to the account. */
	sign_in_device: WRONG_PASSWORDS,
	/**
	 * Wrong codes of a second factor for one account. A person who tries codes already knows the password.
	 * With two places in the queue at most 6,000 a day are checked, and three of a million are right at a time.
	 */
	sign_in_code: { points: 5, seconds: HOUR_SECONDS, waits: [1, 2, 5, 10, 20, 30] },
	/** Wrong PINs on one kiosk. */
	kiosk_pin: { points: 5, seconds: HOUR_SECONDS, waits: [5, 10, 20, 30] }
} as const satisfies Record<string, Slowdown>;
export type SlowdownName = keyof typeof SLOWDOWNS;

type LimitName = BudgetName | SlowdownName;
/** A limit and the key that it counts. */
export type Counted<Name extends LimitName = BudgetName> = readonly [name: Name, key: string];

const ALL_LIMITS: Record<LimitName, Budget> = { ...BUDGETS, ...SLOWDOWNS };
const rowKey = (name: LimitName, key: string) => `${name}:${key}`;

/**
 * Takes one point of each limit in one statement, and returns how many were taken within the limit's time, including this
 * one; 0 with LIMITS=off. No limit may be listed twice with the same key. Must not be called inside a transaction.
 */
export async function tally(counted: readonly Counted<LimitName>[]): Promise<number[]> {
	if (!env().LIMITS || counted.length === 0) return counted.map(() => 0);
	const rows = counted.map(([name, key]) => {
		return { key: rowKey(name, key), points: 1, expire: fromNow(ALL_LIMITS[name].seconds * 1000) };
	});
	const isOver = lte(rateLimits.expire, now());
	const taken = await db()
		.insert(rateLimits)
		// Each statement locks its rows in the order of their keys, so that none waits for another in a circle.
		.values(rows.toSorted((one, other) => (one.key < other.key ? -1 : 1)))
		.onConflictDoUpdate({
			target: rateLimits.key,
			set: {
				points: sql`case when ${isOver} then 1 else ${rateLimits.points} + 1 end`,
				expire: sql`case when ${isOver} then excluded.expire else ${rateLimits.expire} end`
			}
		})
		.returning({ key: rateLimits.key, points: rateLimits.points });
	const pointsOf = new Map(taken.map(({ key, points }) => [key, points]));
	return rows.map(({ key }) => pointsOf.get(key) ?? 0);
}

/** How many points of a limit are taken now; 0 with LIMITS=off. */
async function pointsTaken(name: LimitName, key: string): Promise<number> {
	if (!env().LIMITS) return 0;
	const [row] = await db()
		.select({ points: rateLimits.points })
		.from(rateLimits)
		.where(and(eq(rateLimits.key, rowKey(name, key)), gt(rateLimits.expire, now())));
	return row?.points ?? 0;
}

/**
 * Takes one point of each limit. They are counted before the guarded work, so that concurrent tries cannot all pass. With
 * LIMITS=off everything is allowed. As for `tally`, the keys must differ, and no transaction may be open.
 * @returns whether each limit had a point left
 */
export async function consumeAll(counted: readonly Counted[]): Promise<boolean> {
	const taken = await tally(counted);
	return counted.every(([name], index) => (taken[index] ?? 0) <= BUDGETS[name].points);
}

/** As `consumeAll` for one limit. */
export const consume = (name: BudgetName, key: string): Promise<boolean> => consumeAll([[name, key]]);

/** Whether the limit has a point left, without taking it. */
export const hasPoint = async (name: BudgetName, key: string): Promise<boolean> =>
	(await pointsTaken(name, key)) < BUDGETS[name].points;

/** Counts one failure. @returns seconds that the next try will wait */
export async function countFailure(name: SlowdownName, key: string): Promise<number> {
	const [failures = 0] = await tally([[name, key]]);
	return waitAfter(name, failures);
}

/** Seconds that a try must wait now; 0 with LIMITS=off. */
export const secondsToWait = async (name: SlowdownName, key: string): Promise<number> =>
	waitAfter(name, await pointsTaken(name, key));

function waitAfter(name: SlowdownName, failures: number): number {
	const { points, waits }: Slowdown = SLOWDOWNS[name];
	return failures < points ? 0 : (waits[Math.min(failures - points, waits.length - 1)] ?? 0);
}

/** Deletes the counted failures, for example after a right PIN. */
export async function resetFailures(name: SlowdownName, key: string): Promise<void> {
	if (env().LIMITS)
		await db()
			.delete(rateLimits)
			.where(eq(rateLimits.key, rowKey(name, key)));
}

/** Each hour: deletes expired counts, and with them the hashed addresses. Leaves those that a request is just counting. */
export async function deleteExpiredLimits(): Promise<void> {
	const expired = db()
		.select({ key: rateLimits.key })
		.from(rateLimits)
		.where(lt(rateLimits.expire, now()))
		.for('update', { skipLocked: true });
	await db().delete(rateLimits).where(inArray(rateLimits.key, expired));
}

/**
 * Key under which an address is counted: a keyed hash that changes every day (UTC). For IPv6 it covers the address's
 * /64 network. The address itself is never stored.
 */
export function addressKey(address: string, daysAgo = 0): string {
	const day = ago(daysAgo * DAY_MS);
	return keyedHex('address', networkOf(address), day.toISOString().slice(0, 10));
}

/** Key under which a browser is counted. The browser itself stores only a random id. */
export function deviceKey(deviceId: string): string {
	return keyedHex('address', `device ${deviceId}`);
}

const networkKey = (accountId: string, address: string) => `network:${keyedHex('address', `${accountId} ${address}`)}`;

/**
 * For how long an account's network is stored: less than a day, because the row is deleted up to an hour later. Another
 * day (UTC) has another key.
 */
export const NETWORK_MS = 22 * HOUR_MS;

/**
 * Stores that an account is active in a network, as one keyed hash of both, so that the table reveals neither. Activity
 * while it is stored does not extend the time.
 * @param address hash from `addressKey`
 */
export async function noteNetwork(accountId: string, address: string): Promise<void> {
	const row = { key: networkKey(accountId, address), points: 1, expire: fromNow(NETWORK_MS) };
	await db()
		.insert(rateLimits)
		.values(row)
		.onConflictDoUpdate({ target: rateLimits.key, set: row, setWhere: lt(rateLimits.expire, now()) });
}

/** Condition: the account's activity in one of these networks is stored. */
export function wasInNetwork(accountId: string, addresses: readonly string[]): SQL<boolean> {
	const keys = addresses.map((address) => networkKey(accountId, address));
	return exists(
		db()
			.select({ key: rateLimits.key })
			.from(rateLimits)
			.where(and(inArray(rateLimits.key, keys), gt(rateLimits.expire, now())))
	) as SQL<boolean>;
}
