import { expect, test } from 'vitest';
import { now, withClock } from '#lib/server/clock.ts';
import { TooMany } from '#lib/server/errors.ts';
import { WaitingRoom, type Guest } from './waiting-room.ts';

const settled = () => new Promise((done) => setTimeout(done, 0));

/** A room whose time passes only by `pass`. */
function roomInTest() {
	const room = new WaitingRoom({ target: 8, source: 8, all: 20 });
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
	const enter = (name: string, guest: Guest, waitMs = 20_000) =>
		void withClock(now, () => room.check(guest, waitMs, async () => void checked.push(name)), pause).catch(
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
	return { room, enter, pass, checked, refused, asleep: () => sleepers.length };
}

const head = (source: string, browser?: string): Guest => ({ target: 'head', source, browser });
const guesses = (count: number, guess: (n: number) => void) => Array.from({ length: count }, (_, n) => guess(n));

test('waits run beside each other, and checks follow in the order in which waits end', async () => {
	const { enter, pass, checked } = roomInTest();
	enter('long', head('a'), 3000);
	enter('short', head('b'), 1000);
	enter('none', head('c'), 0);
	await pass(0);
	expect(checked).toEqual(['none']);
	await pass(3000);
	expect(checked).toEqual(['none', 'short', 'long']);
});

test('checks one try at a time, and goes on after one that threw', async () => {
	const room = new WaitingRoom({ target: 8, source: 8, all: 20 });
	let running = 0;
	let most = 0;
	const work = async () => {
		most = Math.max(most, ++running);
		await settled();
		running -= 1;
		throw new Error('wrong');
	};
	const tries = guesses(5, (n) => n).map(() => room.check(head('a'), 0, work).catch(() => 'thrown'));
	expect(await Promise.all(tries)).toEqual(Array<string>(5).fill('thrown'));
	expect(most).toBe(1);
});

test('however many connections one address opens, a try from another address keeps its place', async () => {
	const { enter, pass, checked, refused } = roomInTest();
	guesses(100, (n) => enter(`before ${n}`, head('attacker')));
	enter('owner', head('home'));
	guesses(100, (n) => enter(`after ${n}`, head('attacker')));
	await pass(20_000);
	expect(checked).toContain('owner');
	expect(checked).toHaveLength(8);
	expect(refused).toHaveLength(193);
});

test('guesses at one account from the office’s address leave colleagues there their places', async () => {
	const { enter, pass, checked } = roomInTest();
	guesses(100, (n) => enter(`guess ${n}`, head('office')));
	enter('colleague', { target: 'colleague', source: 'office' });
	guesses(100, (n) => enter(`guess ${100 + n}`, head('office')));
	await pass(20_000);
	expect(checked).toContain('colleague');
});

test('at one address, a browser that opened the page keeps its place before tries that sent no cookie', async () => {
	const { enter, pass, checked } = roomInTest();
	guesses(100, (n) => enter(`guess ${n}`, head('office')));
	enter('owner', head('office', 'browser'));
	guesses(100, (n) => enter(`guess ${100 + n}`, head('office')));
	await pass(20_000);
	expect(checked).toContain('owner');
});

test('where every source has one try, sources that failed before lose their places first', async () => {
	const { room, enter, pass, checked } = roomInTest();
	guesses(30, (n) => room.noteFailure(`bot ${n}`));
	guesses(30, (n) => enter(`guess ${n}`, head(`bot ${n}`)));
	enter('owner', head('home'));
	guesses(30, (n) => enter(`guess ${30 + n}`, head(`bot ${n}`)));
	await pass(20_000);
	expect(checked).toContain('owner');
	expect(checked).toHaveLength(8);
});

test('made-up names from one address fill no more than that address’s places', async () => {
	const { enter, pass, checked } = roomInTest();
	guesses(100, (n) => enter(`guess ${n}`, { target: `name ${n}`, source: 'attacker' }));
	enter('owner', head('home'));
	await pass(20_000);
	expect(checked).toHaveLength(9);
	expect(checked).toContain('owner');
});

test('refusals come late, and at most 500 of them are held back at the same time', async () => {
	const { enter, pass, refused, asleep } = roomInTest();
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
