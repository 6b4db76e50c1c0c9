import type { SkippedDay } from './deadline-calculator.ts';
import { addDays, type LocalDate } from './days.ts';

/** Consecutive days that a clock did not count for one reason. */
export interface SkippedSpan {
	from: LocalDate;
	to: LocalDate;
	why: SkippedDay['why'];
	/** The holiday's name; null for a weekend or a pause. */
	name: string | null;
}

/**
 * Groups skipped days into spans as a person would describe them. A weekend is one span, and a pause is one span that
 * includes its weekends.
 */
export function skippedSpans(skipped: readonly SkippedDay[]): SkippedSpan[] {
	const spans: SkippedSpan[] = [];
	for (const day of skipped) {
		const { date, why, name } = day;
		const last = spans.at(-1);
		const label = why === 'paused' || isWeekend(day) ? null : name;
		if (last && last.why === why && last.name === label && addDays(last.to, 1) === date) last.to = date;
		else spans.push({ from: date, to: date, why, name: label });
	}
	return spans.reduce<SkippedSpan[]>(joinPauses, []);
}

/** Names of weekend days in the calendar. A holiday on a weekend has its own name instead. */
const WEEKEND: readonly string[] = ['Sabtu', 'Minggu'];
const isWeekend = ({ why, name }: SkippedDay) => why === 'weekend' || (why === 'rolled_back' && WEEKEND.includes(name));

function joinPauses(spans: SkippedSpan[], span: SkippedSpan): SkippedSpan[] {
	const [before, last] = spans.slice(-2);
	const around = before?.why === 'paused' && last?.why === 'weekend' && span.why === 'paused';
	const touching = around && addDays(before.to, 1) === last.from && addDays(last.to, 1) === span.from;
	if (!touching) return [...spans, span];
	return [...spans.slice(0, -2), { ...before, to: span.to }];
}
