import type { EventEmitter } from 'node:events';

/**
 * Events between the entry and the build, which share no module but the process. In this order: the stop begins, no
 * request is open any more, and the build has stopped.
 */
type ProcessEvent = 'spatula:ending' | 'spatula:stop' | 'spatula:stopped';

const events: EventEmitter = process;

/** Returns whether somebody listened. */
export const emitProcessEvent = (event: ProcessEvent): boolean => events.emit(event);

export const onceProcessEvent = (event: ProcessEvent, listener: () => void): void => void events.once(event, listener);
