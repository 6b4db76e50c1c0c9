import { formatDate, formatShortDate, formatTime } from '#lib/calendar/format.ts';
import { localDate } from '#lib/calendar/days.ts';
import { m } from '#lib/paraglide/messages.js';
import type { EscalationSummary } from '#lib/server/escalation/view.ts';

/** The time of day; with the date if it is not today. */
export function moment(at: Date, zone: string, now: Date): string {
	const time = formatTime(at, zone);
	if (localDate(at, zone) === localDate(now, zone)) return time;
	return m.common_at_time({ date: formatShortDate(at, zone), time });
}

export const fullMoment = (at: Date, zone: string): string =>
	m.common_at_time({ date: formatDate(at, zone), time: formatTime(at, zone) });

type Row = Pick<
	EscalationSummary,
	'state' | 'mode' | 'byHand' | 'task' | 'nextAttemptAt' | 'nextLookupAt' | 'nextPollAt' | 'reason'
>;

/** Says what happens next to a forward, or what a person must do. */
export function nextWord(row: Row, zone: string, now: Date): string {
	switch (row.state) {
		case 'waiting':
		case 'stuck':
			if (row.reason?.code === 'processing_restricted') return m.escalation_next_processing_restricted();
			if (row.reason?.code === 'text_outdated') return m.escalation_next_person();
			if (row.mode === 'manual') return m.escalation_next_copy();
			if (row.reason?.code === 'connection_halted') return m.escalation_next_halted();
			return row.nextAttemptAt && row.nextAttemptAt > now
				? m.escalation_next_try({ at: moment(row.nextAttemptAt, zone, now) })
				: m.escalation_next_now();
		case 'sending':
			return m.escalation_next_now();
		case 'unknown':
			return row.nextLookupAt
				? m.escalation_next_lookup({ at: moment(row.nextLookupAt, zone, now) })
				: m.escalation_next_person();
		case 'rejected':
			return m.escalation_next_edit();
		case 'sent':
		case 'closed':
			if (row.task && !row.nextPollAt) return m.escalation_next_task();
			if (row.byHand) return row.state === 'sent' ? m.escalation_next_by_hand() : m.escalation_next_none();
			return row.nextPollAt
				? m.escalation_next_poll({ at: moment(row.nextPollAt > now ? row.nextPollAt : now, zone, now) })
				: m.escalation_next_none();
	}
}
