import { between, eq } from 'drizzle-orm';
import { z } from 'zod';
import { yearOf, type LocalDate } from '#lib/calendar/days.ts';
import type { Holiday } from '#lib/calendar/working-calendar.ts';
import { parseDecreeCsv } from './decree-csv.ts';
import { checked } from '#lib/server/checked.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears } from '#lib/server/db/schema/clocks.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { dayField, nameField, reasonField } from '#lib/server/people/form-fields.ts';

const decree = z.string({ error: 'admin_decree' }).trim().min(3, 'admin_decree').max(160, 'admin_decree');
const year = z.coerce.number({ error: 'admin_year' }).int('admin_year').min(2020, 'admin_year').max(2100, 'admin_year');

const daySet = z.object({
	type: z.literal('day_set'),
	day: dayField,
	kind: z.enum(['national', 'joint'], { error: 'admin_day_kind' }),
	name: nameField,
	/** The decree that brought the day; it is added to the year's, where it is another one. */
	decree: decree.optional()
});
const dayRemoved = z.object({ type: z.literal('day_removed'), day: dayField, reason: reasonField });
const yearLoaded = z.object({
	type: z.literal('year_loaded'),
	year,
	decree,
	csv: z.string({ error: 'admin_csv_missing' }).max(100_000, 'admin_csv_unreadable')
});

/** A change of the days off of the whole installation. */
const calendarChange = z.discriminatedUnion('type', [daySet, dayRemoved, yearLoaded]);

/**
 * Changes the calendar in the caller's transaction, which has to compute the running clocks again: a deadline follows the
 * calendar, and says so.
 * @returns what happened, in words for the timelines of the cases it reaches
 * @throws NotAllowed if the actor administers no root · NotFound for a day that isn't there · Invalid: among others
 * `admin_year_not_loaded` (a year begins with its decree) and the line of a table that is wrong
 */
export async function applyCalendarChange(tx: Tx, actor: Actor, raw: unknown): Promise<string> {
	await requireRootAdmin(tx, actor);
	const change = checked(calendarChange, raw);
	if (change.type === 'day_set') return setDay(tx, actor, change);
	if (change.type === 'day_removed') return removeDay(tx, actor, change.day, change.reason);
	return loadYear(tx, actor, change.year, change.decree, parseDecreeCsv(change.csv));
}

async function setDay(
	tx: Tx,
	actor: Actor,
	{ day, kind, name, decree: given }: z.output<typeof daySet>
): Promise<string> {
	const known = eq(calendarYears.year, yearOf(day));
	const [decreed] = await tx.select().from(calendarYears).where(known);
	if (!decreed) throw new Invalid([{ path: 'day', code: 'admin_year_not_loaded', params: { year: yearOf(day) } }]);
	if (given && !decreed.decree.includes(given)) {
		await tx
			.update(calendarYears)
			.set({ decree: `${decreed.decree}; ${given}` })
			.where(known);
	}
	const [before] = await tx.select().from(calendarDays).where(eq(calendarDays.day, day));
	await tx
		.insert(calendarDays)
		.values({ day, kind, name })
		.onConflictDoUpdate({ target: calendarDays.day, set: { kind, name } });
	const after = { kind, name, ...(given ? { decree: given } : {}) };
	await recordChange(tx, actor, { action: 'calendar.day_set', subject: day, before: before ?? null, after });
	return `${day}: ${name}`;
}

async function removeDay(tx: Tx, actor: Actor, day: LocalDate, reason: string): Promise<string> {
	const [gone] = await tx.delete(calendarDays).where(eq(calendarDays.day, day)).returning();
	if (!gone) throw new NotFound(`day ${day}`);
	await recordChange(tx, actor, { action: 'calendar.day_removed', subject: day, reason, before: gone });
	return `${day}: ${reason}`;
}

/** Puts a year's decree in place of what was known of that year. */
async function loadYear(
	tx: Tx,
	actor: Actor,
	loaded: number,
	named: string,
	days: readonly Holiday[]
): Promise<string> {
	if (days.length === 0) throw new Invalid([{ path: 'file', code: 'admin_csv_empty' }]);
	const stray = days.find(({ date }) => yearOf(date) !== loaded);
	if (stray) throw new Invalid([{ path: 'file', code: 'admin_day_of_other_year', params: { day: stray.date } }]);
	// Of two lines for one day the later one holds, as where a decree amends itself.
	const values = [...new Map(days.map(({ date, kind, name }) => [date, { day: date, kind, name }])).values()];
	const ofYear = between(calendarDays.day, `${loaded}-01-01`, `${loaded}-12-31`);
	const before = await tx.delete(calendarDays).where(ofYear).returning();
	await tx
		.insert(calendarYears)
		.values({ year: loaded, decree: named })
		.onConflictDoUpdate({ target: calendarYears.year, set: { decree: named } });
	await tx.insert(calendarDays).values(values);
	const after = { decree: named, days: values };
	await recordChange(tx, actor, { action: 'calendar.year_loaded', subject: String(loaded), before, after });
	return `${loaded}: ${named}`;
}
