import { once, EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchPace } from './slow-senders.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A body that arrives with `perSecond` bytes per second until it ends. */
function arriving(sender: string, perSecond: number) {
	const socket = { bytesRead: 0 };
	const request = Object.assign(new EventEmitter(), { socket }) as unknown as IncomingMessage;
	const timer = setInterval(() => (socket.bytesRead += perSecond), 1000);
	const isTooSlow = watchPace(request, sender);
	const end = async () => {
		clearInterval(timer);
		const ended = once(request, 'end');
		request.emit('end');
		await ended;
	};
	return { isTooSlow, end };
}

it('allows a sender two slow bodies and any number of fast ones, independently of other senders', async () => {
	const slow = Array.from({ length: 4 }, () => arriving('192.0.2.1', 5000));
	const quick = Array.from({ length: 6 }, () => arriving('192.0.2.1', 40_000));
	const other = arriving('192.0.2.2', 5000);
	vi.advanceTimersByTime(10_000);
	expect(slow.some(({ isTooSlow }) => isTooSlow())).toBe(false);
	vi.advanceTimersByTime(60_000);
	expect(slow.map(({ isTooSlow }) => isTooSlow())).toEqual([false, false, true, true]);
	expect([...quick, other].some(({ isTooSlow }) => isTooSlow())).toBe(false);

	for (const { end } of slow) await end();
	const next = arriving('192.0.2.1', 5000);
	vi.advanceTimersByTime(60_000);
	expect(next.isTooSlow()).toBe(false);
	for (const { end } of [...quick, other, next]) await end();
	expect(vi.getTimerCount()).toBe(0);
});
