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

/** Who else has which case open, by case number; complete. */
export type Presence = Record<string, string[]>;

/** Events that an open desk receives. */
export type LiveEvent =
	| ({ kind: 'change' } & CaseChange)
	| { kind: 'presence'; cases: Presence }
	/** A stream was opened, so events may have been missed, or there were too many: reload. */
	| { kind: 'refresh' };
