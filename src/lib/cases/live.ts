import type { TimelineType } from './vocabulary.ts';

/** One new entry of a case's timeline, as an open desk is told of it. */
export interface NewEntry {
	seq: number;
	type: TimelineType;
	actorKind: 'reporter' | 'staff' | 'system' | 'lapor';
	actorName: string | null;
	/** Whoever is told has done it. */
	own: boolean;
}

/** A case that changed. */
export interface CaseChange {
	reference: string;
	entries: NewEntry[];
}

/** Who has which case open, by its number: others than the one who is told. */
export type Presence = Record<string, string[]>;

/** What an open desk hears. */
export type LiveEvent =
	| ({ kind: 'change' } & CaseChange)
	/** `whole`: all there is; else what it says of the cases it names. */
	| { kind: 'presence'; cases: Presence; whole: boolean }
	/** Something may have been missed, or too much happened to tell: look again. */
	| { kind: 'refresh' };

/** How old a moment may be for what was told since to be told again; older, and one looks again. */
export const REMEMBERED_MS = 5 * 60_000;
/** Clocks of two machines differ, and a page's moment is a little later than what it read. */
export const SLACK_MS = 3_000;
