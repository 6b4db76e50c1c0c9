import { desc, eq } from 'drizzle-orm';
import { workingDaysBetween } from '#lib/calendar/working-calendar.ts';
import { dueState } from '#lib/cases/due.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { CaseWithUnit } from '../find.ts';

export type DeskClock = Awaited<ReturnType<typeof clocksOf>>[number];

/** The latest run of each deadline, by due time with settled ones last, and the numbers for its explanation. */
export async function clocksOf({ row, unit }: CaseWithUnit) {
	const all = await db().select().from(clocks).where(eq(clocks.caseId, row.id)).orderBy(desc(clocks.run));
	const calendar = await loadCalendar(db());
	const at = now();
	const latest = all.filter((clock, index) => all.findIndex((other) => other.name === clock.name) === index);
	const shown = latest.map((clock) => {
		const dueAt = clock.state === 'paused' ? null : clock.dueAt;
		const active = clock.state === 'running';
		const until = active ? at : (clock.metAt ?? at);
		return {
			...clock,
			dueAt,
			due: active ? dueState({ ...clock, open: true }, at) : ('none' as const),
			lateDays: dueAt && dueAt < until ? workingDaysBetween(dueAt, until, calendar, unit.timeZone) : 0,
			/** Earlier runs, for example before another question or a dispute. */
			formerRuns: clock.run - 1
		};
	});
	const rank = { running: 0, paused: 1, met: 2, stopped: 3 };
	const time = (date: Date | null) => date?.getTime() ?? 0;
	return shown.sort((a, b) => rank[a.state] - rank[b.state] || time(a.dueAt) - time(b.dueAt));
}
