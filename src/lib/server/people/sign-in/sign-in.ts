import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { actorOf } from '../actor.ts';
import { isKnownDevice, markedDevice, newDevice, type Device } from './known-devices.ts';
import { countFailure, secondsToWait, type SlowdownName } from '../rate-limits.ts';
import { passwordMatches } from './password.ts';
import { openSession } from './session.ts';
import { AttemptQueue, type AttemptKeys } from './attempt-queue.ts';

/**
 * Unknown and known devices wait in separate queues, and each queue checks one password at a time. So no number of
 * guesses delays a device on which somebody has signed in before. With 32 places and waits of 20 seconds, at most
 * 140,000 passwords a day can be tried on one account, from any number of addresses.
 */
const unknownDevices = new AttemptQueue({ target: 32, source: 32, all: 100 });
const knownDevices = new AttemptQueue({ target: 16, source: 8, all: 64 });

/** Usernames share a limited number of keys, so that invented ones cannot fill the table. */
const NAME_KEY_LENGTH = 4; // hexadecimal digits: 65,536 keys

interface Attempt {
	username: string;
	password: string;
	/** Hash from `addressKey`. */
	address: string;
	/** Content of the browser's device cookie, if it sent one. */
	device?: Device | undefined;
	/** The browser's own description. */
	userAgent?: string | undefined;
}

/**
 * Opens a session. A right password is never refused because of others' failures. On a known device only that device's
 * own failures cause a wait; on other devices the account's failures do, at most 20 seconds. An unknown account, a
 * wrong password, an inactive account and one without a password wait alike and get the same response.
 * @returns also the device for the browser's cookie, which is known from now on
 * @throws Invalid `sign_in_failed`, or `sign_in_failed_slow` if the next try waits `seconds`
 * @throws TooMany if more tries are waiting than the queue allows; then the password was not checked
 */
export async function signIn({ username, password, address, device, userAgent }: Attempt) {
	const name = username.trim().toLowerCase();
	const queued = await queueFor(name, address, device);
	const { account, actor } = await inQueue(queued, { path: '', code: 'sign_in_failed' }, () =>
		accountOf(name, password)
	);
	const opened = await openSession(account.id, userAgent);
	return { ...opened, actor, device: markedDevice(device ?? newDevice(), account) };
}

/**
 * Checks the password of a person who is signed in, as slowly after failures as a sign-in on a known device. So a
 * browser that somebody left open does not let others try passwords quickly.
 * @throws Invalid `password_wrong` or `password_wrong_slow` on `path` · TooMany
 */
export async function checkOwnPassword(accountId: string, password: string, path: string): Promise<void> {
	const key = keyedHex('address', `own ${accountId}`);
	const keys = { target: accountId, source: accountId };
	await inQueue(
		{ queue: knownDevices, keys, slowdown: 'sign_in_device', key },
		{ path, code: 'password_wrong' },
		async () => {
			const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
			return (await passwordMatches(account?.passwordHash, password)) ? account : undefined;
		}
	);
}

interface Queued {
	queue: AttemptQueue;
	keys: AttemptKeys;
	/** The failures that make the attempt wait: their limit and key. */
	slowdown: SlowdownName;
	key: string;
}

/**
 * Waits as long as earlier failures require, then runs `check` and counts a failure if it returns nothing.
 * @throws Invalid with the code, or the code with `_slow` if the next try waits `seconds` · TooMany
 */
async function inQueue<T>(
	{ queue, keys, slowdown, key }: Queued,
	{ path, code }: { path: string; code: string },
	check: () => Promise<T | undefined>
): Promise<T> {
	const wait = await secondsToWait(slowdown, key);
	const found = env().LIMITS ? await queue.check(keys, wait * 1000, check) : await check();
	if (found) return found;
	queue.noteFailure(keys.source);
	const seconds = await countFailure(slowdown, key);
	throw new Invalid([seconds > 0 ? { path, code: `${code}_slow`, params: { seconds } } : { path, code }]);
}

/** Selects the queue of an attempt, its keys in the queue, and the failures that make it wait. */
async function queueFor(name: string, address: string, device: Device | undefined): Promise<Queued> {
	const nameKey = keyedHex('address', `account ${name}`).slice(0, NAME_KEY_LENGTH);
	const [account] = await db()
		.select({ id: accounts.id, markGeneration: accounts.markGeneration })
		.from(accounts)
		.where(eq(accounts.username, name));
	if (account && device && isKnownDevice(device, account)) {
		const key = keyedHex('address', `device ${device.id} ${account.id}`);
		const keys = { target: account.id, source: device.id };
		return { queue: knownDevices, keys, slowdown: 'sign_in_device', key };
	}
	const keys = { target: nameKey, source: address, browser: device?.id };
	return { queue: unknownDevices, keys, slowdown: 'sign_in_account', key: nameKey };
}

/** The account, if it is active and the password right. Read after the wait, as it may have changed. */
async function accountOf(name: string, password: string) {
	const [account] = await db().select().from(accounts).where(eq(accounts.username, name));
	const matches = await passwordMatches(account?.passwordHash, password);
	const actor = matches && account ? await actorOf(account.id) : undefined;
	return account && actor ? { account, actor } : undefined;
}
