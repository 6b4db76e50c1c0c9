import { m } from '#lib/paraglide/messages.js';

/** How late something is, in working days; late on the very day has no number yet. */
export function lateWords(lateDays: number): string {
	return lateDays > 0 ? m.clock_overdue_days({ days: lateDays }) : m.clock_overdue();
}
