import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { env } from '#lib/server/env.ts';
import { Invalid } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { actorOf } from '../actor.ts';
import { isKnownDevice, markedDevice, newDevice, type Device } from './known-devices.ts';
import { countFailure, secondsToWait } from '../rate-limits.ts';
import { passwordFits } from './password.ts';
import { openSession } from './session.ts';
import { WaitingRoom } from './waiting-room.ts';

/**
 * Strangers' devices and known ones wait apart, and each room checks one password at a time: no number of guesses takes the
 * turn of a device on which somebody has signed in before. With 32 places and waits of 20 seconds, at most 140,000 passwords
 * a day can be tried on one account, from however many addresses.
 */
const strangers = new WaitingRoom({ target: 32, source: 32, all: 100 });
const acquaintances = new WaitingRoom({ target: 16, source: 8, all: 64 });

/** Failures of all names are counted under this many keys, so that made-up names cannot fill the table. */
const NAME_KEY_LENGTH = 4; // hexadecimal digits: 65,536 keys

interface Attempt {
	username: string;
	password: string;
	/** As `addressKey` hashes it. */
	address: string;
	/** What the browser's cookie says, where it sent one. */
	device?: Device | undefined;
}

/**
 * Opens a session. A right password is never refused because others failed. On a device on which somebody has signed in to the
 * account, only that device's own failures make it wait; on other devices the account's failures do, at most 20 seconds. An
 * unknown account, a wrong password, a switched-off account and one without a password wait alike and get the same answer.
 * @returns with the device for the browser's cookie: from now on it is known
 * @throws Invalid `sign_in_failed`, or `sign_in_failed_slow` where the next try will wait `seconds`
 * @throws TooMany if more people try at the same time than can wait: the password was not checked
 */
export async function signIn({ username, password, address, device }: Attempt) {
	const name = username.trim().toLowerCase();
	const lane = await laneFor(name, address, device);
	const wait = await secondsToWait(lane.slowdown, lane.key);
	const check = () => accountOf(name, password);
	const found = env().LIMITS ? await lane.room.check(lane.guest, wait * 1000, check) : await check();
	if (!found) {
		lane.room.noteFailure(lane.guest.source);
		const seconds = await countFailure(lane.slowdown, lane.key);
		const issue = seconds > 0 ? { code: 'sign_in_failed_slow', params: { seconds } } : { code: 'sign_in_failed' };
		throw new Invalid([{ path: '', ...issue }]);
	}
	const { account, actor } = found;
	return { ...(await openSession(account.id)), actor, device: markedDevice(device ?? newDevice(), account) };
}

/** How an attempt waits: in which room, as whom, and by which failures. */
async function laneFor(name: string, address: string, device: Device | undefined) {
	const nameKey = keyedHex('address', `account ${name}`).slice(0, NAME_KEY_LENGTH);
	const [account] = await db()
		.select({ id: accounts.id, markGeneration: accounts.markGeneration })
		.from(accounts)
		.where(eq(accounts.username, name));
	if (account && device && isKnownDevice(device, account)) {
		const key = keyedHex('address', `device ${device.id} ${account.id}`);
		const guest = { target: account.id, source: device.id };
		return { room: acquaintances, guest, slowdown: 'sign_in_device', key } as const;
	}
	const guest = { target: nameKey, source: address, browser: device?.id };
	return { room: strangers, guest, slowdown: 'sign_in_account', key: nameKey } as const;
}

/** The account where the password is right and the account is on. It is read after the wait: it may have changed. */
async function accountOf(name: string, password: string) {
	const [account] = await db().select().from(accounts).where(eq(accounts.username, name));
	const fits = await passwordFits(account?.passwordHash, password);
	const actor = fits && account ? await actorOf(account.id) : undefined;
	return account && actor ? { account, actor } : undefined;
}
