import { formatDuration } from '#lib/text/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { DestructionState, KeptReason, RetentionKind, RetentionPart } from '#lib/privacy/retention.ts';
import type { Look } from '#lib/ui/content/shapes.ts';
import { kindWord } from './cases.ts';

export const partWord = (part: RetentionPart): string => m[`retention_part_${part}`]();

/** Empty for parts that belong to no case. */
export const retentionKindWord = (kind: RetentionKind): string => (kind === 'none' ? '' : kindWord(kind));

/** Why an item stays, with the words of the person who left it out. */
export const keptWord = (reason: KeptReason, words: string | null): string =>
	[m[`retention_kept_${reason}`](), words].filter(Boolean).join(': ');

/** Whole years as years, all other periods in months. */
export const periodWord = (months: number): string =>
	months % 12 === 0 ? formatDuration(months / 12, 'year') : formatDuration(months, 'month');

export const destructionStateWord = (state: DestructionState): string => m[`retention_state_${state}`]();

export const destructionLook: Record<DestructionState, Look> = {
	proposed: { tone: 'warn', shape: 'clock' },
	decided: { tone: 'warn', shape: 'clock' },
	recorded: { tone: 'warn', shape: 'clock' },
	running: { tone: 'info', shape: 'turn' },
	carried_out: { tone: 'good', shape: 'check' },
	cancelled: { tone: 'neutral', shape: 'cross' }
};
