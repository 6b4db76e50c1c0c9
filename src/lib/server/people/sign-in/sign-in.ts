import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { actorOf } from '../actor.ts';
import { isKnownDevice, markedDevice, newDevice, type Device } from './known-devices.ts';
import { countFailure, secondsToWait } from '../rate-limits.ts';
import { passwordMatches } from './password.ts';
import { openSession } from './session.ts';
import { AttemptQueue } from './attempt-queue.ts';

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
}

/**
 * Opens a session. A right password is never refused because of others' failures. On a known device only that device's
 * own failures cause a wait; on other devices the account's failures do, at most 20 seconds. An unknown account, a
 * wrong password, an inactive account and one without a password wait alike and get the same response.
 * @returns also the device for the browser's cookie, which is known from now on
 * @throws Invalid `sign_in_failed`, or `sign_in_failed_slow` if the next try waits `seconds`
 * @throws TooMany if more tries are waiting than the queue allows; then the password was not checked
 */
export async function signIn({ username, password, address, device }: Attempt) {
	const name = username.trim().toLowerCase();
	const queued = await queueFor(name, address, device);
	const wait = await secondsToWait(queued.slowdown, queued.key);
	const check = () => accountOf(name, password);
	const found = env().LIMITS ? await queued.queue.check(queued.keys, wait * 1000, check) : await check();
	if (!found) {
		queued.queue.noteFailure(queued.keys.source);
		const seconds = await countFailure(queued.slowdown, queued.key);
		const issue = seconds > 0 ? { code: 'sign_in_failed_slow', params: { seconds } } : { code: 'sign_in_failed' };
		throw new Invalid([{ path: '', ...issue }]);
	}
	const { account, actor } = found;
	return { ...(await openSession(account.id)), actor, device: markedDevice(device ?? newDevice(), account) };
}

/** Selects the queue of an attempt, its keys in the queue, and the failures that make it wait. */
async function queueFor(name: string, address: string, device: Device | undefined) {
	const nameKey = keyedHex('address', `account ${name}`).slice(0, NAME_KEY_LENGTH);
	const [account] = await db()
		.select({ id: accounts.id, markGeneration: accounts.markGeneration })
		.from(accounts)
		.where(eq(accounts.username, name));
	if (account && device && isKnownDevice(device, account)) {
		const key = keyedHex('address', `device ${device.id} ${account.id}`);
		const keys = { target: account.id, source: device.id };
		return { queue: knownDevices, keys, slowdown: 'sign_in_device', key } as const;
	}
	const keys = { target: nameKey, source: address, browser: device?.id };
	return { queue: unknownDevices, keys, slowdown: 'sign_in_account', key: nameKey } as const;
}

/** The account, if it is active and the password right. Read after the wait, as it may have changed. */
async function accountOf(name: string, password: string) {
	const [account] = await db().select().from(accounts).where(eq(accounts.username, name));
	const matches = await passwordMatches(account?.passwordHash, password);
	const actor = matches && account ? await actorOf(account.id) : undefined;
	return account && actor ? { account, actor } : undefined;
}
