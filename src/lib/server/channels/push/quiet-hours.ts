import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { addDays, instantAt, localDate, localTime, type ClockTime } from '#lib/calendar/days.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { quietHours } from '#lib/server/db/schema/channels.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { ofHighestUnit } from '#lib/server/people/administration.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';

/** From one local time to another, which may be on the next day. Equal times: never quiet. */
export interface QuietHours {
	begins: ClockTime;
	ends: ClockTime;
}

export const DEFAULT_QUIET: QuietHours = { begins: '20:00', ends: '07:00' };

/** When a message of `at` may be shown: at once, or when the quiet hours end. */
export function afterQuietHours(at: Date, { begins, ends }: QuietHours, zone: string): Date {
	const time = localTime(at, zone);
	const overnight = begins > ends;
	const quiet = overnight ? time >= begins || time < ends : time >= begins && time < ends;
	if (!quiet) return at;
	const day = localDate(at, zone);
	return instantAt(overnight && time >= begins ? addDays(day, 1) : day, ends, zone);
}

const time = z.string({ error: 'push_quiet' }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'push_quiet');
const quietInput = z.object({ begins: time, ends: time });

export async function ownQuietHours({ accountId }: Actor): Promise<QuietHours> {
	const [own] = accountId ? await db().select().from(quietHours).where(eq(quietHours.accountId, accountId)) : [];
	return own ?? DEFAULT_QUIET;
}

/** The earliest time at which a message may be shown to a person now, by the time of their office. */
export async function quietUntil(accountId: string): Promise<Date> {
	const [person] = await db()
		.select({ begins: quietHours.begins, ends: quietHours.ends, zone: ofHighestUnit('time_zone', accounts.id) })
		.from(accounts)
		.leftJoin(quietHours, eq(quietHours.accountId, accounts.id))
		.where(eq(accounts.id, accountId));
	const { begins, ends, zone } = person ?? {};
	const quiet = begins && ends ? { begins, ends } : DEFAULT_QUIET;
	return afterQuietHours(now(), quiet, zone ?? (await firstZone()));
}

export async function setQuietHours(actor: Actor, raw: unknown): Promise<void> {
	const set = checked(quietInput, raw);
	const accountId = accountIdOf(actor);
	await db()
		.insert(quietHours)
		.values({ accountId, ...set })
		.onConflictDoUpdate({ target: quietHours.accountId, set });
}
