import { localDate, localTime } from '#lib/calendar/days.ts';
import { formatDateTime } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ListedBreach } from '#lib/server/privacy/breaches/book.ts';
import type { Look } from '#lib/ui/content/status-icons.ts';

/** The clock of a breach in words, with its colour and sign. */
export function clockLook({ clock, unit }: Pick<ListedBreach, 'clock' | 'unit'>): Look & { text: string } {
	const { metAt, dueAt, overdue, hoursLeft } = clock;
	const [due, date] = [formatDateTime(dueAt, unit.zone), formatDateTime(metAt ?? dueAt, unit.zone)];
	if (metAt && overdue) return { tone: 'warn', shape: 'check', text: m.breach_met_late({ date, due }) };
	if (metAt) return { tone: 'good', shape: 'check', text: m.breach_met({ date }) };
	if (overdue) return { tone: 'danger', shape: 'stop', text: m.breach_over({ hours: -hoursLeft, date }) };
	return { tone: hoursLeft < 24 ? 'warn' : 'info', shape: 'clock', text: m.breach_left({ hours: hoursLeft, date }) };
}

/** A moment as the value of a `datetime-local` field. */
export const localDateTime = (at: Date | null, zone: string) =>
	at ? `${localDate(at, zone)}T${localTime(at, zone)}` : undefined;
