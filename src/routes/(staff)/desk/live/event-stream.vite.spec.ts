import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { pauseBefore, shareStream } from './event-stream.client.ts';

test('reconnects within one second at first, then with growing pauses of at most 30 seconds', () => {
	expect(pauseBefore(0, 1)).toBeLessThanOrEqual(1000);
	const longest = Array.from({ length: 30 }, (_, tries) => pauseBefore(tries, 1));
	expect(longest).toEqual([...longest].sort((a, b) => a - b));
	expect(longest.at(-1)).toBe(30_000);
});

test('browsers that lost their streams together do not reconnect together', () => {
	const pauses = [0, 0.25, 0.5, 0.75, 1].map((chance) => pauseBefore(3, chance));
	expect(new Set(pauses).size).toBe(5);
	expect(Math.max(...pauses)).toBeGreaterThan(3 * Math.min(...pauses));
});

afterEach(() => vi.unstubAllGlobals());

/** Adds a tab to a browser whose locks answer with `request`. */
function tabWith(request: (name: string, options: LockOptions, lead: () => Promise<void>) => Promise<void>) {
	vi.stubGlobal('navigator', { locks: { request } });
	const onSignedOut = vi.fn();
	return { onSignedOut, leave: shareStream('a', { onEvent: () => {}, onSignedOut, presence: () => ({}) }) };
}

test('a lock that the browser refuses is not asked for again at once', async () => {
	const refused = () => Promise.reject(new DOMException('not fully active', 'InvalidStateError'));
	const request = vi.fn(() => new Promise<void>(() => {})).mockImplementationOnce(refused);
	const { leave } = tabWith(request);
	await setTimeout(10);
	expect(request).toHaveBeenCalledTimes(1);
	leave();
});

test('a lock that another tab took is asked for again', async () => {
	const stolen = () => Promise.reject(new DOMException('stolen', 'AbortError'));
	const request = vi.fn(() => new Promise<void>(() => {})).mockImplementationOnce(stolen);
	const { leave } = tabWith(request);
	await setTimeout(10);
	expect(request).toHaveBeenCalledTimes(2);
	leave();
});

test('a tab whose person is signed out opens no second stream if it gets the lock once more', async () => {
	const fetch = vi.fn(() => Promise.resolve(new Response('', { status: 401 })));
	vi.stubGlobal('fetch', fetch);
	let leadAgain = () => Promise.resolve();
	const { leave, onSignedOut } = tabWith((_name, _options, lead) => (leadAgain = lead)());
	await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalled());
	await leadAgain();
	expect(fetch).toHaveBeenCalledTimes(1);
	expect(onSignedOut).toHaveBeenCalledTimes(1);
	leave();
});
