import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ESCALATION_STATES, type EscalationState } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import { formatDuration } from '#lib/text/numbers.ts';
import { withQuery } from '#lib/text/with-query.ts';
import type { EscalationCounts, EscalationFilter } from '#lib/server/escalation/list.ts';
import { escalationStateWord } from '#lib/words/escalation.ts';

export const listAddress = ({ state, todo, quiet }: EscalationFilter, cursor?: string) =>
	withQuery('/desk/escalations', { state, view: quiet ? 'quiet' : todo ? 'todo' : undefined, cursor });

/**
 * Links to the lists, each with its count. For states in which forwards should not wait long, the note has the age of the
 * oldest. States without forwards are left out, except the current one.
 */
export function listViews(filter: EscalationFilter, counts: EscalationCounts, now: Date) {
	const sum = ESCALATION_STATES.reduce((total, state) => total + (counts.states[state]?.count ?? 0), 0);
	const total = counts.states.closed?.more ? `${sum}+` : sum;
	const states = ESCALATION_STATES.filter((state) => counts.states[state] !== undefined || filter.state === state);
	const item = (view: EscalationFilter, label: string, count: number | string, current = false, note?: string) => ({
		href: listAddress(view),
		label,
		count,
		note,
		current
	});
	return [
		item({}, m.common_all(), total, !filter.state && !filter.todo && !filter.quiet),
		item({ todo: true }, m.escalation_view_todo(), counts.todo, filter.todo),
		...states.map((state) => {
			const { count = 0, more = false, oldest = null, mode = null } = counts.states[state] ?? {};
			const note =
				oldest && WAITING_STATES.includes(state)
					? m.escalation_view_oldest({ age: waitingTime(oldest, now) })
					: undefined;
			return item(
				{ state },
				escalationStateWord(state, mode),
				more ? `${count}+` : count,
				filter.state === state,
				note
			);
		}),
		...(counts.quiet > 0 || filter.quiet
			? [item({ quiet: true }, m.escalation_view_quiet(), counts.quiet, filter.quiet)]
			: [])
	];
}

/** States in which forwards should not wait long; the page shows the age of the oldest. */
const WAITING_STATES: readonly EscalationState[] = ['waiting', 'sending', 'unknown', 'rejected', 'stuck'];

/** Time since which the oldest forward in the shown states waits; undefined if none waits. */
export function oldestShown(filter: EscalationFilter, counts: EscalationCounts): Date | undefined {
	const states = filter.state ? [filter.state] : WAITING_STATES;
	const ages = states
		.filter((state) => WAITING_STATES.includes(state))
		.flatMap((state) => counts.states[state]?.oldest ?? []);
	return ages.sort((a, b) => a.getTime() - b.getTime())[0];
}

/** Age in minutes, hours or days. */
export function waitingTime(since: Date, now: Date): string {
	const minutes = Math.max(1, Math.floor((now.getTime() - since.getTime()) / MINUTE_MS));
	if (minutes < 60) return formatDuration(minutes, 'minute');
	const hours = Math.floor(minutes / 60);
	return hours < 48 ? formatDuration(hours, 'hour') : formatDuration(Math.floor(hours / 24), 'day');
}
