import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import { MINUTE_MS } from '#lib/calendar/durations.ts';

type Pause = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

const shifted = new AsyncLocalStorage<{ clock: () => Date; pause: Pause }>();

/** The present moment. Nothing else on the server reads the machine's clock. */
export function now(): Date {
	return shifted.getStore()?.clock() ?? new Date();
}

/** The moment this many milliseconds before now. */
export const ago = (milliseconds: number): Date => new Date(now().getTime() - milliseconds);

/** The moment this many milliseconds after now. */
export const fromNow = (milliseconds: number): Date => new Date(now().getTime() + milliseconds);

/** Milliseconds by which the clock of another system may be ahead. */
const MAX_CLOCK_AHEAD_MS = 2 * MINUTE_MS;

/** Whether a time that another system sent is further in the future than `MAX_CLOCK_AHEAD_MS`. */
export const isTooFarAhead = (time: Date): boolean => time > fromNow(MAX_CLOCK_AHEAD_MS);

/** The time, or the present moment if the time lies ahead. */
export function clampToNow(time: Date): Date {
	const present = now();
	return time > present ? present : time;
}

/** Waits; returns at once when the signal aborts. Must not be called inside a transaction. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
	return (shifted.getStore()?.pause ?? realPause)(milliseconds, signal);
}

const realPause: Pause = async (milliseconds, signal) => {
	if (milliseconds > 0) await setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);
};

/**
 * Runs `work` with another clock: for tests, and for demo data of the past.
 *
 * @param inPlaceOfPause replaces `pause` meanwhile, so that a test need not wait
 */
export function withClock<T>(clock: () => Date, work: () => T, inPlaceOfPause: Pause = realPause): T {
	return shifted.run({ clock, pause: inPlaceOfPause }, work);
}
