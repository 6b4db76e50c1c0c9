import { expect, test } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { TooMany } from '#lib/server/errors.ts';
import { AttemptQueue, type AttemptKeys } from './attempt-queue.ts';

const settled = () => new Promise((done) => setTimeout(done, 0));

/** A queue whose time advances only by `pass`. */
function queueInTest() {
	const queue = new AttemptQueue({ target: 8, source: 8, all: 20 });
	let elapsed = 0;
	let sleepers: { due: number; wake: () => void }[] = [];
	const pause = (milliseconds: number, signal?: AbortSignal) =>
		new Promise<void>((wake) => {
			if (milliseconds <= 0 || signal?.aborted) return wake();
			sleepers.push({ due: elapsed + milliseconds, wake });
			signal?.addEventListener('abort', () => {
				sleepers = sleepers.filter((sleeper) => sleeper.wake !== wake);
				wake();
			});
		});
	const checked: string[] = [];
	const refused: string[] = [];
	const enter = (name: string, keys: AttemptKeys, waitMs = 20_000) =>
		void withClock(now, () => queue.check(keys, waitMs, async () => void checked.push(name)), pause).catch(
			(cause: unknown) => {
				expect(cause).toBeInstanceOf(TooMany);
				refused.push(name);
			}
		);
	const pass = async (milliseconds: number) => {
		elapsed += milliseconds;
		const due = sleepers.filter((sleeper) => sleeper.due <= elapsed);
		sleepers = sleepers.filter((sleeper) => sleeper.due > elapsed);
		for (const { wake } of due.sort((a, b) => a.due - b.due)) {
			wake();
			await settled();
		}
		await settled();
	};
	return { queue, enter, pass, checked, refused, asleep: () => sleepers.length };
}

const head = (source: string, browser?: string): AttemptKeys => ({ target: 'head', source, browser });
const guesses = (count: number, guess: (n: number) => void) => Array.from({ length: count }, (_, n) => guess(n));

test('attempts wait in parallel and are checked in the order in which their waits end', async () => {
	const { enter, pass, checked } = queueInTest();
	enter('long', head('a'), 3000);
	enter('short', head('b'), 1000);
	enter('none', head('c'), 0);
	await pass(0);
	expect(checked).toEqual(['none']);
	await pass(3000);
	expect(checked).toEqual(['none', 'short', 'long']);
});

test('checks one attempt at a time and continues after one that threw', async () => {
	const queue = new AttemptQueue({ target: 8, source: 8, all: 20 });
	let running = 0;
	let most = 0;
	const work = async () => {
		most = Math.max(most, ++running);
		await settled();
		running -= 1;
		throw new Error('wrong');
	};
	const tries = guesses(5, (n) => n).map(() => queue.check(head('a'), 0, work).catch(() => 'thrown'));
	expect(await Promise.all(tries)).toEqual(Array<string>(5).fill('thrown'));
	expect(most).toBe(1);
});

test('many connections from one address never displace an attempt from another address', async () => {
	const { enter, pass, checked, refused } = queueInTest();
	guesses(100, (n) => enter(`before ${n}`, head('attacker')));
	enter('owner', head('home'));
	guesses(100, (n) => enter(`after ${n}`, head('attacker')));
	await pass(20_000);
	expect(checked).toContain('owner');
	expect(checked).toHaveLength(8);
	expect(refused).toHaveLength(193);
});

test('guesses at one account from the office’s address do not displace colleagues at that address', async () => {
	const { enter, pass, checked } = queueInTest();
	guesses(100, (n) => enter(`guess ${n}`, head('office')));
	enter('colleague', { target: 'colleague', source: 'office' });
	guesses(100, (n) => enter(`guess ${100 + n}`, head('office')));
	await pass(20_000);
	expect(checked).toContain('colleague');
});

test('at one address, attempts without a cookie are dropped before one from a browser that opened the page', async () => {
	const { enter, pass, checked } = queueInTest();
	guesses(100, (n) => enter(`guess ${n}`, head('office')));
	enter('owner', head('office', 'browser'));
	guesses(100, (n) => enter(`guess ${100 + n}`, head('office')));
	await pass(20_000);
	expect(checked).toContain('owner');
});

test('if every source has one attempt, sources that failed before are dropped first', async () => {
	const { queue, enter, pass, checked } = queueInTest();
	guesses(30, (n) => queue.noteFailure(`bot ${n}`));
	guesses(30, (n) => enter(`guess ${n}`, head(`bot ${n}`)));
	enter('owner', head('home'));
	guesses(30, (n) => enter(`guess ${30 + n}`, head(`bot ${n}`)));
	await pass(20_000);
	expect(checked).toContain('owner');
	expect(checked).toHaveLength(8);
});

test('invented usernames from one address use no more than that address’s limit', async () => {
	const { enter, pass, checked } = queueInTest();
	guesses(100, (n) => enter(`guess ${n}`, { target: `name ${n}`, source: 'attacker' }));
	enter('owner', head('home'));
	await pass(20_000);
	expect(checked).toHaveLength(9);
	expect(checked).toContain('owner');
});

test('refusals are delayed, at most 500 of them at the same time', async () => {
	const { enter, pass, refused, asleep } = queueInTest();
	guesses(2000, (n) => enter(`guess ${n}`, head('attacker'), 0));
	await pass(0);
	expect(asleep()).toBe(500);
	expect(refused).toHaveLength(2000 - 8 - 500);
	await pass(10_000);
	expect(refused).toHaveLength(2000 - 8);
	enter('later', head('attacker'), 0);
	guesses(20, (n) => enter(`more ${n}`, head('attacker'), 0));
	await pass(0);
	expect(asleep()).toBe(13);
});
