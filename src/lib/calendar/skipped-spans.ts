import type { SkippedDay } from './deadline-calculator.ts';
import { addDays, type LocalDate } from './days.ts';

/** Days a clock did not count, for one reason, one after the other. */
export interface SkippedSpan {
	from: LocalDate;
	to: LocalDate;
	why: SkippedDay['why'];
	/** The holiday's name; of a weekend null, for anybody can see that it is one. */
	name: string | null;
}

/**
 * The skipped days as a person tells them: a weekend is one thing, so is the week a question was open. Weekends inside
 * a pause belong to it.
 */
export function skippedSpans(skipped: readonly SkippedDay[]): SkippedSpan[] {
	const spans: SkippedSpan[] = [];
	for (const day of skipped) {
		const { date, why, name } = day;
		const last = spans.at(-1);
		const told = why === 'paused' || isWeekend(day) ? null : name;
		if (last && last.why === why && last.name === told && addDays(last.to, 1) === date) last.to = date;
		else spans.push({ from: date, to: date, why, name: told });
	}
	return spans.reduce<SkippedSpan[]>(joinPauses, []);
}

/** Days of a weekend by their names in the calendar; a holiday that falls on one is told by its own. */
const WEEKEND: readonly string[] = ['Sabtu', 'Minggu'];
const isWeekend = ({ why, name }: SkippedDay) => why === 'weekend' || (why === 'rolled_back' && WEEKEND.includes(name));

function joinPauses(spans: SkippedSpan[], span: SkippedSpan): SkippedSpan[] {
	const [before, last] = spans.slice(-2);
	const around = before?.why === 'paused' && last?.why === 'weekend' && span.why === 'paused';
	const touching = around && addDays(before.to, 1) === last.from && addDays(last.to, 1) === span.from;
	if (!touching) return [...spans, span];
	return [...spans.slice(0, -2), { ...before, to: span.to }];
}
