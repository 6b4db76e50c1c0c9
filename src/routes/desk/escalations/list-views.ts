import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { EscalationCounts, EscalationFilter } from '#lib/server/escalation/list.ts';
import { escalationStateWord } from '#lib/ui/escalation-words.ts';

const LIST = '/desk/escalations';

export function listAddress(filter: EscalationFilter, cursor?: string): string {
	const query = new URLSearchParams();
	if (filter.state) query.set('state', filter.state);
	if (filter.todo) query.set('view', 'todo');
	if (filter.quiet) query.set('view', 'quiet');
	if (cursor) query.set('cursor', cursor);
	const text = query.toString();
	return text ? `${LIST}?${text}` : LIST;
}

/** The lists with how much is in each; a state nothing stands in is left out, unless it is the open one. */
export function listViews(filter: EscalationFilter, counts: EscalationCounts) {
	const total = ESCALATION_STATES.reduce((sum, state) => sum + (counts.states[state]?.count ?? 0), 0);
	const states = ESCALATION_STATES.filter((state) => counts.states[state] !== undefined || filter.state === state);
	const plain = !filter.state && !filter.todo && !filter.quiet;
	return [
		{ href: LIST, label: m.escalation_view_all(), count: total, current: plain },
		{
			href: listAddress({ todo: true }),
			label: m.escalation_view_todo(),
			count: counts.todo,
			current: filter.todo ?? false
		},
		...states.map((state: EscalationState) => ({
			href: listAddress({ state }),
			label: escalationStateWord(state),
			count: counts.states[state]?.count ?? 0,
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

/** States in which waiting is a matter of concern: their oldest age is shown. */
const WAITING_STATES: readonly EscalationState[] = ['waiting', 'sending', 'unknown', 'rejected', 'stuck'];

/** Since when the oldest of the shown states stands; undefined where nothing waits. */
export function oldestShown(filter: EscalationFilter, counts: EscalationCounts): Date | undefined {
	const states = filter.state ? [filter.state] : WAITING_STATES;
	const ages = states
		.filter((state) => WAITING_STATES.includes(state))
		.flatMap((state) => counts.states[state]?.oldest ?? []);
	return ages.sort((a, b) => a.getTime() - b.getTime())[0];
}
