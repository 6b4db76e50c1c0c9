import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { withQuery } from '#lib/text/with-query.ts';
import type { EscalationCounts, EscalationFilter, StateCount } from '#lib/server/escalation/list.ts';
import type { EscalationSummary } from '#lib/server/escalation/view.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';

export const listAddress = ({ state, todo, quiet }: EscalationFilter, cursor?: string) =>
	withQuery('/desk/escalations', { state, view: quiet ? 'quiet' : todo ? 'todo' : undefined, cursor });

/**
 * The lists with how much is in each, and where waiting is a matter of concern since when the oldest does; a state nothing
 * stands in is left out, unless it is the open one.
 */
export function listViews(filter: EscalationFilter, counts: EscalationCounts, now: Date) {
	const sum = ESCALATION_STATES.reduce((total, state) => total + (counts.states[state]?.count ?? 0), 0);
	const total = counts.states.closed?.more ? `${sum}+` : sum;
	const states = ESCALATION_STATES.filter((state) => counts.states[state] !== undefined || filter.state === state);
	const plain = !filter.state && !filter.todo && !filter.quiet;
	return [
		{ href: listAddress({}), label: m.common_all(), count: total, current: plain },
		{
			href: listAddress({ todo: true }),
			label: m.escalation_view_todo(),
			count: counts.todo,
			current: filter.todo ?? false
		},
		...states.map((state: EscalationState) => ({
			href: listAddress({ state }),
			label: escalationStateWord(state),
			...countOf(counts.states[state]),
			note: ageOf(state, counts.states[state]?.oldest, now),
			current: filter.state === state
		})),
		...(counts.quiet > 0 || filter.quiet
			? [
					{
						href: listAddress({ quiet: true }),
						label: m.escalation_view_quiet(),
						count: counts.quiet,
						current: filter.quiet ?? false
					}
				]
			: [])
	];
}

const countOf = (counted: StateCount | undefined) => ({
	count: counted?.more ? `${counted.count}+` : (counted?.count ?? 0)
});

const ageOf = (state: EscalationState, oldest: Date | null | undefined, now: Date): string | undefined =>
	oldest && WAITING_STATES.includes(state) ? m.escalation_view_oldest({ age: ageWord(oldest, now) }) : undefined;

/** States in which waiting is a matter of concern: their oldest age is shown. */
const WAITING_STATES: readonly EscalationState[] = ['waiting', 'sending', 'unknown', 'rejected', 'stuck'];

/** Since when the oldest of the shown states stands; undefined if nothing waits. */
export function oldestShown(filter: EscalationFilter, counts: EscalationCounts): Date | undefined {
	const states = filter.state ? [filter.state] : WAITING_STATES;
	const ages = states
		.filter((state) => WAITING_STATES.includes(state))
		.flatMap((state) => counts.states[state]?.oldest ?? []);
	return ages.sort((a, b) => a.getTime() - b.getTime())[0];
}

/** How long ago that is, in the largest whole unit. */
export function ageWord(since: Date, now: Date): string {
	const minutes = Math.max(1, Math.floor((now.getTime() - since.getTime()) / 60_000));
	if (minutes < 60) return m.escalation_age_minutes({ count: minutes });
	const hours = Math.floor(minutes / 60);
	return hours < 48
		? m.escalation_age_hours({ count: hours })
		: m.escalation_age_days({ count: Math.floor(hours / 24) });
}

type Heard = Pick<EscalationSummary, 'mode' | 'state' | 'laporNewsAt' | 'sentAt'>;

/** Whether nobody has heard of a forward kept by hand since that moment. */
export function isQuiet({ mode, state, laporNewsAt, sentAt }: Heard, since: Date): boolean {
	const last = laporNewsAt ?? sentAt;
	return mode === 'manual' && state === 'sent' && last !== null && last < since;
}
