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

/** The other people who have a page open, by case number or `conversationPage`. Replaces the previous state. */
export type Presence = Record<string, string[]>;

export const conversationPage = (id: number) => `messages/${id}`;

/** Events that an open desk receives. */
export type LiveEvent =
	| ({ kind: 'change' } & CaseChange)
	| { kind: 'presence'; pages: Presence }
	/** Reload, because events may be missing: a stream was just opened, or there were too many events. */
	| { kind: 'refresh' };
