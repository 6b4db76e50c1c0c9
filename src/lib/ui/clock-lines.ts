import type { SkippedSpan } from '#lib/calendar/skipped-spans.ts';
import { formatShortDay, type DateLocale } from '#lib/calendar/format.ts';
import { m } from '#lib/paraglide/messages.js';
import type { DeskClock } from '#lib/server/cases/view-clocks.ts';
import { clockStateWord, skippedWord } from '#lib/ui/clock-words.ts';
import { clockLook, type Look } from '#lib/ui/tones.ts';
import { lateWords } from '#lib/ui/late-words.ts';

/** How a clock stands, in a word and a look. */
export function clockBadge(clock: DeskClock): Look & { text: string } {
	if (clock.state === 'met' && clock.late) return { tone: 'neutral', shape: 'check', text: m.clock_met_late() };
	if (clock.due === 'overdue') return { tone: 'danger', shape: 'stop', text: lateWords(clock.lateDays) };
	if (clock.due === 'soon') return { tone: 'warn', shape: 'clock', text: m.clock_due_soon() };
	return { ...clockLook(clock.state), text: clockStateWord(clock.state) };
}

/** `5 hari kerja sejak Selasa, 24 November 2026. Dasar: …` */
export function howCounted({ days, dayUnit, basis }: DeskClock, since: string): string {
	const length = dayUnit === 'working' ? m.common_working_days({ days }) : m.common_calendar_days({ days });
	return `${m.desk_clock_since({ days: length, date: since })}. ${m.desk_clock_basis({ basis })}`;
}

/** `28–29 Nov 2026 (akhir pekan)`, `25 Des 2026 (libur nasional: Hari Raya Natal)`. */
export function spanWords({ from, to, why, name }: SkippedSpan, lang: DateLocale): string {
	const word = skippedWord(why).toLocaleLowerCase(lang);
	return `${between(from, to, lang)} (${name ? `${word}: ${name}` : word})`;
}

function between(from: string, to: string, lang: DateLocale): string {
	if (from === to) return formatShortDay(from, lang);
	const sameMonth = from.slice(0, 7) === to.slice(0, 7);
	const first = sameMonth ? String(Number(from.slice(8))) : formatShortDay(from, lang);
	return `${first}–${formatShortDay(to, lang)}`;
}
