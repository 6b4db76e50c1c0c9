import { DEFAULT_CLOCK_RULES } from '#lib/calendar/clock-rules.ts';
import { HOLIDAY_DECREES, HOLIDAYS } from '#lib/calendar/holidays.ts';
import type { Database } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears, clockRules } from '#lib/server/db/schema/clocks.ts';

/** Since when the first rules hold: before any case. */
const ALWAYS = new Date('2000-01-01T00:00:00Z');

/** Gives a new installation the decreed calendars and the deadline rules it starts with; later ones are left alone. */
export async function ensureDefaults(database: Database): Promise<void> {
	await database.transaction(async (tx) => {
		const known = await tx.select({ id: clockRules.id }).from(clockRules).limit(1);
		if (known.length > 0) return;
		await tx.insert(clockRules).values(DEFAULT_CLOCK_RULES.map((rule) => ({ ...rule, validFrom: ALWAYS })));
		await tx.insert(calendarYears).values(HOLIDAY_DECREES.map((decree) => ({ ...decree })));
		await tx.insert(calendarDays).values(HOLIDAYS.map(({ date, kind, name }) => ({ day: date, kind, name })));
	});
}
