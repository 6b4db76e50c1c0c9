import { computeDue } from '#lib/calendar/calculator.ts';
import { rulesFor } from '#lib/calendar/clock-rules.ts';
import type { CaseKind } from '#lib/cases/vocabulary.ts';
import { loadCalendar, loadRules } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import type { UnitRow } from '../find.ts';

/** First reply that a report of a kind would be promised now. */
export interface Promised {
	days: number;
	dayUnit: 'working' | 'calendar';
	dueAt: Date;
	/** The holiday decree of the year is not loaded, so the day may change. */
	provisional: boolean;
}

/** The first reply that a report sent now would be promised, by the same rules and calendar; null if no rule does. */
export async function firstReplyPromise(
	unit: Pick<UnitRow, 'timeZone' | 'hours'>,
	kind: CaseKind
): Promise<Promised | null> {
	const at = now();
	const subject = { kind, class: kind === 'information_request' ? ('information' as const) : ('plain' as const) };
	const rule = rulesFor(await loadRules(db(), at), subject).receipt.find(({ name }) => name === 'first_reply');
	if (!rule) return null;
	const { days, dayUnit } = rule;
	const due = computeDue({
		start: at,
		days,
		dayUnit,
		calendar: await loadCalendar(db()),
		hours: unit.hours,
		zone: unit.timeZone
	});
	return due.dueAt && { days, dayUnit, dueAt: due.dueAt, provisional: due.provisional };
}
