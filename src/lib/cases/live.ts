import type { TimelineType } from './vocabulary.ts';

export interface NewEntry {
	seq: number;
	type: TimelineType;
	actorKind: 'reporter' | 'staff' | 'system' | 'lapor';
	actorName: string | null;
	own: boolean;
}

export interface CaseChange {
	reference: string;
	entries: NewEntry[];
}

/** Who else has which case open, by case number. */
export type Presence = Record<string, string[]>;

/** Events that an open desk receives. */
export type LiveEvent =
	| ({ kind: 'change' } & CaseChange)
	/** `whole`: all there is; else what it says of the cases it names. */
	| { kind: 'presence'; cases: Presence; whole: boolean }
	/** Events may have been missed, or there were too many: reload. */
	| { kind: 'refresh' };

/** How far back events are repeated after a reconnect; from an older moment, the browser reloads. */
export const REMEMBERED_MS = 5 * 60_000;
/** Clocks of two machines differ, and a page's moment is a little later than what it read. */
export const SLACK_MS = 3_000;
