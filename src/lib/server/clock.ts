import { AsyncLocalStorage } from 'node:async_hooks';

const shifted = new AsyncLocalStorage<() => Date>();

/** The present moment. The only place that asks the machine for it. */
export function now(): Date {
	return shifted.getStore()?.() ?? new Date();
}

/** Runs `work` as if the clock stood where `clock` says: for tests and for demo data that lies in the past. */
export function withClock<T>(clock: () => Date, work: () => T): T {
	return shifted.run(clock, work);
}
