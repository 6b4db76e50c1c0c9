import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterRating, ResetTimer, WHILE_FILLING } from './reset-timer.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const started = (times: Parameters<ResetTimer['begin']>[0]) => {
	const end = vi.fn();
	const timer = new ResetTimer(end);
	timer.begin(times);
	return { timer, end };
};

it.each([
	[5, 20],
	[4, 20],
	[3, 25],
	[1, 25]
])('after a rating of %i the screen resets in %i seconds, and counts from the start', (score, seconds) => {
	const { timer, end } = started(afterRating(score));
	expect(timer.left).toBe(seconds);
	vi.advanceTimersByTime(seconds * 1000 - 1);
	expect(end).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);
	expect(end).toHaveBeenCalledOnce();
	expect(timer.left).toBeNull();
});

it('an unfinished screen waits twenty seconds and then counts 25 seconds before it resets', () => {
	const { timer, end } = started(WHILE_FILLING);
	vi.advanceTimersByTime(19_999);
	expect(timer.left).toBeNull();
	vi.advanceTimersByTime(1);
	expect(timer.left).toBe(25);
	vi.advanceTimersByTime(24_999);
	expect(end).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);
	expect(end).toHaveBeenCalledOnce();
});

it('asking for more time stops the countdown and starts a new wait', () => {
	const { timer, end } = started(afterRating(5));
	vi.advanceTimersByTime(7000);
	timer.begin(WHILE_FILLING);
	expect(timer.left).toBeNull();
	vi.advanceTimersByTime(44_999);
	expect(end).not.toHaveBeenCalled();
	vi.advanceTimersByTime(1);
	expect(end).toHaveBeenCalledOnce();
});

it('the countdown shows each second', () => {
	const { timer } = started(afterRating(5));
	const shown = Array.from({ length: 20 }, () => {
		const { left } = timer;
		vi.advanceTimersByTime(1000);
		return left;
	});
	expect(shown).toEqual(Array.from({ length: 20 }, (_, second) => 20 - second));
});
