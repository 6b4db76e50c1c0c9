import { formatDuration } from '#lib/text/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { CasePeriod, DestructionState, KeptReason, RetentionKind, RetentionPart } from '#lib/privacy/retention.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';
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

/**
 * How long each part of a report is kept, as citizens read it, and the sentences below. `notice.spec.ts` names the test
 * that proves each sentence.
 * @param setBy the office that sets the periods
 */
export function casePeriodWords({ parts, setBy: office }: { parts: readonly CasePeriod[]; setBy: string }) {
	const find = (part: RetentionPart) => parts.find((one) => one.part === part);
	const [text, letters] = [find('text')?.months, find('letters')];
	const textWaits = text && letters && (letters.unset.length > 0 || !letters.months || letters.months.to > text.from);
	const waits = textWaits ? [m.privacy_periods_letters()] : [];
	if (parts.every(({ months }) => !months)) return { items: [], notes: [m.privacy_periods_none({ office }), ...waits] };
	const isSet = parts.every(({ unset }) => unset.length === 0);
	return {
		items: parts.map((one) => ({ term: partWord(one.part), detail: spanWord(one) })),
		notes: [...(isSet ? [] : [m.privacy_periods_unset({ office })]), ...waits]
	};
}

function spanWord({ months, unset }: CasePeriod): string {
	if (!months) return m.privacy_period_unset();
	const span = [...new Set([months.from, months.to])].map(periodWord).join(' – ');
	return unset.length > 0 ? m.privacy_period_partly({ span, kinds: unset.map(kindWord).join(', ') }) : span;
}

export const destructionStateWord = (state: DestructionState): string => m[`retention_state_${state}`]();

export const destructionLook: Record<DestructionState, Look> = {
	proposed: { tone: 'warn', shape: 'clock' },
	decided: { tone: 'warn', shape: 'clock' },
	recorded: { tone: 'warn', shape: 'clock' },
	running: { tone: 'info', shape: 'turn' },
	carried_out: { tone: 'good', shape: 'check' },
	cancelled: { tone: 'neutral', shape: 'cross' }
};
