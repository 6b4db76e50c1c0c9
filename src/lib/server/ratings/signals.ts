import { and, count, eq, gte } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { workdayEnd, workdayStart } from '#lib/calendar/workday-hours.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { BURST, SAME_TEXT_DAYS, SAME_TEXT_OFTEN, SIGNALS, type Signal } from '#lib/ratings/signals.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { tally, wasInNetwork } from '#lib/server/people/limits.ts';
import type { Surroundings } from './submission.ts';

/** Facts about the sending browser. They are deleted within a day and never stored with a rating. */
export interface Sender {
	/** The account signed in there. */
	actor: Actor | null;
	/** Its address as `addressKey` hashes it, today's and yesterday's. */
	addresses: readonly string[];
	/** As `deviceKey` hashes it. */
	device: string;
}

export interface Incoming {
	unit: Surroundings['unit'];
	officerId: string | null;
	day: LocalDate;
	/** By a visit's link, a tablet or a printed code: the sender was at the office, or was given its link. */
	invited: boolean;
	byVisit: boolean;
	/** Time given by a tablet or another system; times from browsers are ignored. */
	takenAt: Date | undefined;
	commentHash: string | undefined;
	sender: Sender | undefined;
	noticed: readonly Signal[];
}

/** Ratings that arrive later than this after they were given may come in a batch from a tablet and are no burst. */
const LATE_MS = 10 * 60 * 1000;

/**
 * Computes the signals of a checked rating before it is stored, in the order of the vocabulary. Counts it in the limiter, so it
 * must not be called inside a transaction. Reasons: docs/decisions/0007.
 */
export async function signalsOf(incoming: Incoming): Promise<Signal[]> {
	const { officerId, sender } = incoming;
	const [burst, times, alike, session, network, outside] = await Promise.all([
		isBurst(incoming),
		sender && officerId ? tally('rating_device_officer', `${sender.device} ${officerId}`) : 0,
		sameTextBefore(incoming),
		sender?.actor ? isOwnSession(sender.actor, incoming) : false,
		isOwnNetwork(incoming),
		isOutsideHours(incoming)
	]);
	const found = new Set<Signal>(incoming.noticed);
	if (burst) found.add('burst');
	if (times > 1) found.add(times > 2 ? 'same_device_often' : 'same_device');
	if (alike > 0) found.add(burst || alike >= SAME_TEXT_OFTEN ? 'same_text_often' : 'same_text');
	if (session) found.add('own_session');
	if (network) found.add('own_network');
	if (outside) found.add('outside_hours');
	return SIGNALS.filter((signal) => found.has(signal));
}

async function isBurst({ takenAt, officerId }: Incoming): Promise<boolean> {
	const late = takenAt !== undefined && now().getTime() - takenAt.getTime() > LATE_MS;
	return officerId !== null && !late && (await tally('rating_officer', officerId)) > BURST;
}

async function sameTextBefore({ officerId, commentHash, day }: Incoming): Promise<number> {
	if (officerId === null || commentHash === undefined) return 0;
	const [found] = await db()
		.select({ n: count() })
		.from(ratings)
		.where(
			and(
				eq(ratings.officerId, officerId),
				eq(ratings.commentHash, commentHash),
				gte(ratings.day, addDays(day, -SAME_TEXT_DAYS))
			)
		);
	return found?.n ?? 0;
}

/** Whether the officer or somebody who works at the office is signed in on the sending browser. */
async function isOwnSession(actor: Actor, { unit, officerId }: Incoming): Promise<boolean> {
	if (holds(actor, unit.id, ...ROLES)) return true;
	if (actor.officerId === null) return false;
	if (actor.officerId === officerId) return true;
	const [person] = await db()
		.select({ unitId: officers.unitId })
		.from(officers)
		.where(eq(officers.id, actor.officerId));
	return person?.unitId === unit.id;
}

/** Whether it comes from the officer's network. Visitors at the counter use it too, so scanned codes and visits' links are exempt. */
async function isOwnNetwork({ officerId, sender, invited }: Incoming): Promise<boolean> {
	if (officerId === null || sender === undefined || invited) return false;
	const [person] = await db()
		.select({ accountId: officers.accountId })
		.from(officers)
		.where(eq(officers.id, officerId));
	return person?.accountId ? wasInNetwork(person.accountId, sender.addresses) : false;
}

async function isOutsideHours({ takenAt, unit, byVisit }: Incoming): Promise<boolean> {
	if (byVisit) return false;
	const at = takenAt ?? now();
	const today = localDate(at, unit.timeZone);
	const { hours, timeZone } = unit;
	if (at < workdayStart(today, hours, timeZone) || at >= workdayEnd(today, hours, timeZone)) return true;
	return !isWorkingDay(today, await loadCalendar(db(), today));
}
