import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { env } from '#lib/server/env.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { actorOf, type Actor } from '../actor.ts';
import { aboutAccount, type AccountRow } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { isKnownDevice, markedDevice, newDevice, type Device, type MarkedAccount } from './known-devices.ts';
import { BUDGETS, countFailure, secondsToWait, tally, type SlowdownName } from '#lib/server/rate-limits.ts';
import { passwordMatches } from './password.ts';
import { acceptCode, hasSecondFactor } from './second-factor.ts';
import { noteConfirmed, openSession } from './session.ts';
import { AttemptQueue, type AttemptKeys } from './attempt-queue.ts';

/**
 * Unknown and known devices wait in separate queues, and each queue checks one password at a time. So no number of
 * guesses delays a device on which somebody has signed in before. With 32 places and waits of 20 seconds, at most
 * 140,000 passwords a day can be tried on one account, from any number of addresses.
 */
const unknownDevices = new AttemptQueue({ target: 32, source: 32, all: 100 });
const knownDevices = new AttemptQueue({ target: 16, source: 8, all: 64 });
/**
 * Few codes of one account are tried at a time, because a code has only six digits. The owner's known devices and sessions
 * have places of their own, which people elsewhere who know the password cannot take.
 */
const codeTries = new AttemptQueue({ target: 2, source: 2, all: 64 });
const ownCodeTries = new AttemptQueue({ target: 2, source: 1, all: 64 });

/** Usernames share a limited number of keys, so that invented ones cannot fill the table. */
const NAME_KEY_LENGTH = 4; // hexadecimal digits: 65,536 keys

interface Attempt {
	username: string;
	password: string;
	/** Hash from `addressKey`. */
	address: string;
	/** Content of the browser's device cookie, if it sent one. */
	device?: Device;
	/** The browser's own description. */
	userAgent?: string;
}

/**
 * Opens a session. A right password is never refused because of others' failures. On a known device only that device's
 * own failures cause a wait; on other devices the account's failures do, at most 20 seconds. An unknown account, a
 * wrong password, an inactive account and one without a password wait alike and get the same response.
 * @returns also the device for the browser's cookie, which is known from now on
 * @throws CodeNeeded if the password is right and the account has a second factor
 * @throws Invalid `sign_in_failed`, or `sign_in_failed_slow` if the next try waits `seconds`
 * @throws TooMany if more tries are waiting than the queue allows; then the password was not checked
 */
export async function signIn({ username, password, address, device, userAgent }: Attempt) {
	const name = username.trim().toLowerCase();
	const queued = await queueFor(name, address, device);
	const { account, actor } = await checkAfterWait(queued, { path: '', code: 'sign_in_failed' }, () =>
		accountOf(name, password)
	);
	if (await hasSecondFactor(account.id)) throw new CodeNeeded(account.id, account.markGeneration);
	return enter(account, actor, { device, userAgent }).catch((cause: unknown) => {
		throw cause instanceof NotFound ? invalid('', 'sign_in_failed') : cause;
	});
}

/**
 * The password was right, or the identity provider vouched for the owner. `enterCode` opens the session, unless the
 * account's sessions were ended since.
 */
export class CodeNeeded extends Error {
	override name = 'CodeNeeded';
	readonly accountId: string;
	readonly generation: number;
	/** When the owner typed their password at the identity provider, in milliseconds. */
	readonly typedAt: number | undefined;
	constructor(accountId: string, generation: number, typedAt?: number) {
		super('the account has a second factor');
		this.accountId = accountId;
		this.generation = generation;
		this.typedAt = typedAt;
	}
}

/** What `CodeNeeded` leaves until the code is typed. `confirms`: the session to confirm, if none is to be opened. */
export type CodeStep = Pick<CodeNeeded, 'accountId' | 'generation'> & { typedAt?: number; confirms?: string };

/**
 * Opens a session with a code of the second factor, after `signIn` checked the password or the identity provider vouched
 * for the owner.
 * @returns undefined if a session was confirmed instead
 * @throws Invalid `code_wrong` or `code_wrong_slow` on `totp` · NotFound if the password must be typed again · TooMany
 */
export async function enterCode(
	{ accountId, generation, typedAt, confirms }: CodeStep,
	code: string,
	{ device, userAgent }: Pick<Attempt, 'device' | 'userAgent'>
) {
	const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
	if (account?.markGeneration !== generation) throw new NotFound('sign-in');
	await checkOwnCode(accountId, code, device && isKnownDevice(device, account) ? device.id : undefined);
	const actor = await actorOf(accountId);
	if (!actor) throw new NotFound('sign-in');
	if (confirms) return void (await noteConfirmed(confirms));
	const confirmedAt = typedAt === undefined ? undefined : new Date(typedAt);
	return enter(account, actor, { device, userAgent, confirmedAt });
}

/**
 * Opens the session of an account whose owner was identified, logs it, and makes the browser a known device. A job
 * notifies the owner of a device on which the account was never used, except at the first sign-in of the account.
 * @throws NotFound if the account's sessions were ended since the account was read
 */
export async function enter(
	account: MarkedAccount & Pick<AccountRow, 'username' | 'usedAt'>,
	actor: Actor,
	{ device = newDevice(), userAgent, confirmedAt }: Pick<Attempt, 'device' | 'userAgent'> & { confirmedAt?: Date }
) {
	// Also with a revoked mark: a changed password does not make the owner's device a new one.
	const known = device.marks.some(([id]) => id === account.id);
	const opened = await transaction(async (tx) => {
		const { unitId, device: name, ...session } = await openSession(tx, account, userAgent, confirmedAt);
		const about = { subject: account.username, unitId };
		await recordChange(tx, actor, { ...about, action: 'sign_in.entered', after: { device: name, known } });
		if (known || account.usedAt === null) return session;
		const at = now().toISOString();
		await enqueue(tx, 'sign-in-changed', { accountId: account.id, at, what: 'device_new', device: name });
		return session;
	});
	return { ...opened, actor, device: markedDevice(device, account) };
}

/**
 * Checks a code of an account's second factor.
 * @param own known device or session of the owner: its tries wait only after its own failures
 * @throws Invalid `code_wrong` or `code_wrong_slow` on `totp` · TooMany
 */
async function checkOwnCode(accountId: string, code: string, own?: string): Promise<void> {
	const key = keyedHex('address', own ? `code ${accountId} ${own}` : `code ${accountId}`);
	const keys = { target: accountId, source: own ?? accountId };
	const queued = { queue: own ? ownCodeTries : codeTries, keys, slowdown: 'sign_in_code', key } as const;
	await checkAfterWait(queued, { path: 'totp', code: 'code_wrong' }, async () => {
		if (await acceptCode(accountId, code)) return true;
		await noteGuess('second_factor_guesses', accountId);
		return undefined;
	});
}

const GUESSES = {
	/** Only somebody who knows the password gets so far. */
	second_factor_guesses: { action: 'second_factor.guessed', what: 'code_guessed' },
	password_guesses: { action: 'sign_in.guessed', what: 'password_guessed' }
} as const;

/**
 * Counts a wrong code or password. At the last one within a day that the budget has, it is logged and a job notifies the
 * owner, once. Guesses for unknown accounts are counted together, because they must not be answered faster.
 */
async function noteGuess(budget: keyof typeof GUESSES, accountId = ''): Promise<void> {
	const [count] = await tally([[budget, keyedHex('address', `guesses ${accountId}`)]]);
	if (accountId === '' || count !== BUDGETS[budget].points) return;
	const { action, what } = GUESSES[budget];
	await transaction(async (tx) => {
		await recordChange(tx, null, { ...(await aboutAccount(tx, accountId)), action });
		await enqueue(tx, 'sign-in-changed', { accountId, at: now().toISOString(), what });
	});
}

/**
 * Confirms that the owner of a session is present: checks the password and, if the account has a second factor, a code.
 * @throws Invalid on `password` or `totp` · TooMany
 */
export async function confirmSession(accountId: string, sessionId: string, typed: { password: string; code: string }) {
	await checkOwnPassword(accountId, typed.password, 'password');
	if (await hasSecondFactor(accountId)) await checkOwnCode(accountId, typed.code, sessionId);
	await noteConfirmed(sessionId);
}

/**
 * Checks the password of an account for its owner, as slowly after failures as a sign-in on a known device. So a
 * browser that somebody left open does not let others try passwords quickly.
 * @param by `link` for a person who has a used password link: such tries do not slow or displace those of the owner
 * @throws Invalid `password_wrong` or `password_wrong_slow` on `path` · TooMany
 */
export async function checkOwnPassword(
	accountId: string,
	password: string,
	path: string,
	by: 'own' | 'link' = 'own'
): Promise<void> {
	const tries = `${by} ${accountId}`;
	const key = keyedHex('address', tries);
	const keys = { target: tries, source: tries };
	await checkAfterWait(
		{ queue: knownDevices, keys, slowdown: 'sign_in_device', key },
		{ path, code: 'password_wrong' },
		async () => {
			const [account] = await db().select().from(accounts).where(eq(accounts.id, accountId));
			return (await isPasswordOf(account, password)) ? account : undefined;
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
 * Waits as long as earlier failures require, then runs `check` and counts a failure if it returns nothing or false.
 * @throws Invalid with the code, or the code with `_slow` if the next try waits `seconds` · TooMany
 */
export async function checkAfterWait<T>(
	{ queue, keys, slowdown, key }: Queued,
	{ path, code }: { path: string; code: string },
	check: () => Promise<T | undefined>
): Promise<T> {
	const wait = await secondsToWait(slowdown, key);
	const found = env().LIMITS ? await queue.check(keys, wait * 1000, check) : await check();
	if (found) return found;
	queue.noteFailure(keys.source);
	const seconds = await countFailure(slowdown, key);
	throw seconds > 0 ? invalid(path, `${code}_slow`, { seconds }) : invalid(path, code);
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
	const matches = await isPasswordOf(account, password);
	const actor = matches && account ? await actorOf(account.id) : undefined;
	return account && actor ? { account, actor } : undefined;
}

/** Whether the password is the account's. A wrong one is counted as a guess. */
async function isPasswordOf(account: AccountRow | undefined, password: string): Promise<boolean> {
	if (await passwordMatches(account?.passwordHash, password)) return true;
	await noteGuess('password_guesses', account?.id);
	return false;
}
