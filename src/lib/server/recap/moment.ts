import { addDays, instantAt } from '#lib/calendar/days.ts';
import type { Period } from '#lib/ratings/period.ts';

/** What figures are made of: offices, and a period of whole days in one zone. */
export interface RecapSpan {
	unitIds: readonly string[];
	/** Inclusive days. */
	period: Period;
	timeZone: string;
}

/** The first moment of a period, and the first after it. */
export function momentsOf({ period, timeZone }: RecapSpan): { from: Date; until: Date } {
	return {
		from: instantAt(period.from, '00:00', timeZone),
		until: instantAt(addDays(period.to, 1), '00:00', timeZone)
	};
}
