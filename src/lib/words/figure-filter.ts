import { formatShortDay as day } from '#lib/calendar/format.ts';
import type { ClockOutcome, FigureChoice, FigureEvent } from '#lib/cases/figure-query.ts';
import { m } from '#lib/paraglide/messages.js';
import { clockWord } from './clock.ts';
import { escalationStateWord } from './escalation.ts';
import { serviceWord } from './office.ts';
import { daysWord } from './period.ts';
import { archiveReasonWord, categoryWord, channelWord, type Words } from './cases.ts';

const events: Record<FigureEvent, (of: { days: string }) => string> = {
	received: m.board_by_received,
	aged: m.board_by_aged,
	answered: m.board_by_answered,
	archived: m.board_by_archived,
	reopened: m.board_by_reopened,
	kept: m.board_by_kept,
	missed: m.board_by_missed,
	rated: m.board_by_rated,
	forwarded: m.board_by_forwarded
};
const outcomes: Words<ClockOutcome> = {
	met: m.board_clock_met,
	late: m.board_clock_late,
	running: m.board_clock_running,
	overdue: m.board_clock_overdue
};

function daysOf({ from, to }: FigureChoice): string | undefined {
	if (!from) return to && m.board_until({ to: day(to) });
	if (!to) return m.board_since({ from: day(from) });
	return from === to ? day(to) : daysWord({ from, to });
}

/** @param nameOf the name of a place or of a person at the desk, if the page has it */
export function figureWords(figure: FigureChoice, nameOf?: (id: string) => string | undefined): string {
	const { category, clock, place, handler } = figure;
	const days = daysOf(figure);
	return [
		days && events[figure.by]({ days }),
		figure.tree && m.board_tree(),
		figure.service && serviceWord(figure.service),
		category && (category === 'none' ? m.common_not_categorised() : categoryWord(category)),
		figure.channel && channelWord(figure.channel),
		place && (nameOf?.(place) ?? m.board_of_place()),
		handler && (nameOf?.(handler) ?? m.board_of_handler()),
		figure.named && m.desk_filter_named(),
		figure.lapor && m.board_lapor_title(),
		figure.reason && archiveReasonWord(figure.reason),
		figure.score && m.board_score({ score: figure.score }),
		clock && `${clockWord(clock.name, 'staff')}: ${outcomes[clock.outcome]()}`,
		figure.forward && escalationStateWord(figure.forward, null)
	]
		.filter(Boolean)
		.join(' · ');
}
