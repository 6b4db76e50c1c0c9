import { between, eq } from 'drizzle-orm';
import { z } from 'zod';
import { yearOf, type LocalDate } from '#lib/calendar/days.ts';
import type { Holiday } from '#lib/calendar/working-calendar.ts';
import { parseDecreeCsv } from './decree-csv.ts';
import { checked } from '#lib/server/checked.ts';
import { oneRow, type Tx } from '#lib/server/db/index.ts';
import { calendarDays, calendarYears } from '#lib/server/db/schema/clocks.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { dayField, flagField, nameField, reasonField } from '#lib/server/people/form-fields.ts';

const decree = z.string({ error: 'admin_decree' }).trim().min(3, 'admin_decree').max(160, 'admin_decree');
const year = z.coerce.number({ error: 'admin_year' }).int('admin_year').min(2020, 'admin_year').max(2100, 'admin_year');

const daySet = z.object({
	type: z.literal('day_set'),
	day: dayField,
	kind: z.enum(['national', 'joint'], { error: 'admin_day_kind' }),
	name: nameField,
	/** The decree that sets the day. It is added to the year's decree if it is another one. */
	decree: decree.optional(),
	/** Confirms that a day off of another name or kind is replaced. */
	replace: flagField
});
const dayRemoved = z.object({ type: z.literal('day_removed'), day: dayField, reason: reasonField });
const yearLoaded = z.object({
	type: z.literal('year_loaded'),
	year,
	decree,
	csv: z.string({ error: 'admin_csv_missing' }).max(100_000, 'admin_csv_unreadable'),
	/** Confirms that the year has fewer days off than before. */
	fewer: flagField
});

/** A change of the days off for the whole installation. */
const calendarChange = z.discriminatedUnion('type', [daySet, dayRemoved, yearLoaded]);

/**
 * Changes the calendar in the caller's transaction. The caller must recompute the running clocks in the same
 * transaction.
 * @returns a description of the change for the timelines of affected cases
 * @throws NotAllowed if the actor administers no root
 * @throws NotFound for a day that is not in the calendar
 * @throws Invalid, for example `admin_year_not_loaded` (the year's decree must be loaded first), `admin_day_taken`
 * unless confirmed by `replace`, `admin_days_fewer` unless confirmed by `fewer`, or with the line of an invalid table
 */
export async function applyCalendarChange(tx: Tx, actor: Actor, raw: unknown): Promise<string> {
	await requireRootAdmin(actor);
	const change = checked(calendarChange, raw);
	if (change.type === 'day_set') return setDay(tx, actor, change);
	if (change.type === 'day_removed') return removeDay(tx, actor, change.day, change.reason);
	return loadYear(tx, actor, change, parseDecreeCsv(change.csv));
}

/** Whether a list of decrees names this one. “15/2026” does not name “5/2026”. */
const namesDecree = (decrees: string, one: string): boolean => spaced(decrees).includes(spaced(one));
const spaced = (text: string): string => ` ${text.split(/[\s;,()]+/).join(' ')} `;

async function setDay(
	tx: Tx,
	actor: Actor,
	{ day, kind, name, decree: newDecree, replace }: z.output<typeof daySet>
): Promise<string> {
	const known = eq(calendarYears.year, yearOf(day));
	const [decreed] = await tx.select().from(calendarYears).where(known);
	if (!decreed) throw invalid('day', 'admin_year_not_loaded', { year: yearOf(day) });
	if (newDecree && !namesDecree(decreed.decree, newDecree)) {
		await tx
			.update(calendarYears)
			.set({ decree: `${decreed.decree}; ${newDecree}` })
			.where(known);
	}
	const [before] = await tx
		.select({ kind: calendarDays.kind, name: calendarDays.name })
		.from(calendarDays)
		.where(eq(calendarDays.day, day));
	if (before && !replace && (before.kind !== kind || before.name !== name))
		throw invalid('replace', 'admin_day_taken', { name: before.name });
	await tx
		.insert(calendarDays)
		.values({ day, kind, name })
		.onConflictDoUpdate({ target: calendarDays.day, set: { kind, name } });
	const after = { kind, name, decree: newDecree };
	await recordChange(tx, actor, { action: 'calendar.day_set', subject: day, before: before ?? null, after });
	return `${day}: ${name}`;
}

async function removeDay(tx: Tx, actor: Actor, day: LocalDate, reason: string): Promise<string> {
	const removed = await tx.delete(calendarDays).where(eq(calendarDays.day, day)).returning().then(oneRow);
	await recordChange(tx, actor, { action: 'calendar.day_removed', subject: day, reason, before: removed });
	return `${day}: ${reason}`;
}

/**
 * Replaces all days and the decree of a year. A table with fewer days than before needs a confirmation, because it may be
 * only the days of an amending decree.
 */
async function loadYear(
	tx: Tx,
	actor: Actor,
	{ year: loadedYear, decree: decreeName, fewer }: z.output<typeof yearLoaded>,
	days: readonly Holiday[]
): Promise<string> {
	if (days.length === 0) throw invalid('file', 'admin_csv_empty');
	const stray = days.find(({ date }) => yearOf(date) !== loadedYear);
	if (stray) throw invalid('file', 'admin_day_of_other_year', { day: stray.date });
	// Of two lines for one day the later one is used, because a decree may amend itself.
	const values = [...new Map(days.map(({ date, kind, name }) => [date, { day: date, kind, name }])).values()];
	const ofYear = between(calendarDays.day, `${loadedYear}-01-01`, `${loadedYear}-12-31`);
	const [former] = await tx.select().from(calendarYears).where(eq(calendarYears.year, loadedYear));
	const removed = await tx.delete(calendarDays).where(ofYear).returning();
	if (removed.length > values.length && !fewer)
		throw invalid('fewer', 'admin_days_fewer', { before: removed.length, after: values.length });
	await tx
		.insert(calendarYears)
		.values({ year: loadedYear, decree: decreeName })
		.onConflictDoUpdate({ target: calendarYears.year, set: { decree: decreeName } });
	await tx.insert(calendarDays).values(values);
	const before = former ? { decree: former.decree, days: removed } : null;
	const after = { decree: decreeName, days: values };
	await recordChange(tx, actor, { action: 'calendar.year_loaded', subject: String(loadedYear), before, after });
	return `${loadedYear}: ${decreeName}`;
}
