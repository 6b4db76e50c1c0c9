import { and, between, count, eq, gt, gte, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { workdayEnd, workdayStart } from '#lib/calendar/workday-hours.ts';
import { isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { screenComment, type CommentFlag } from '#lib/ratings/screening.ts';
import { BURST, comparedText, SAME_TEXT_DAYS, SAME_TEXT_OFTEN, SIGNALS, type Signal } from '#lib/ratings/signals.ts';
import { COMPARED_DAYS, KNOWN_AFTER_DAYS, mostVisits, PLAIN_DAY } from '#lib/visits/busy-day.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { tally, wasInNetwork } from '#lib/server/people/rate-limits.ts';
import { isFromOffice, isTooSoon } from '#lib/server/visits/link.ts';
import type { SubmissionContext } from './submission.ts';

/** Facts about the sending browser. They are deleted within a day and are never stored with a rating. */
export interface Sender {
	/** The account signed in on this browser. */
	actor: Actor | null;
	/** Hashes of the browser's address by `addressKey`, with today's and with yesterday's key. */
	addresses: readonly string[];
	/** Hash of the device by `deviceKey`. */
	device: string;
}

export interface Incoming {
	unit: SubmissionContext['unit'];
	officerId: string | null;
	day: LocalDate;
	/**
	 * True if the rating came by a visit's link, a tablet or a printed code: the sender was at the office or received a
	 * link from it.
	 */
	invited: boolean;
	byVisit: boolean;
	/** Time of the rating from a tablet or another system. Times from browsers are ignored. */
	trustedTime: Date | undefined;
	commentHash: string | undefined;
	sender: Sender | undefined;
	noticed: readonly Signal[];
}

/**
 * A rating sent later than this after it was given may be part of a tablet's batch, so it does not count for `burst`.
 */
const LATE_MS = 10 * MINUTE_MS;

/**
 * Computes the signals of a checked rating before it is stored, in the order of the vocabulary. It counts the rating in
 * the rate limiter, so it must not be called inside a transaction. Reasons: docs/decisions/0007.
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

async function isBurst({ trustedTime, officerId }: Incoming): Promise<boolean> {
	const late = trustedTime !== undefined && now().getTime() - trustedTime.getTime() > LATE_MS;
	return officerId !== null && !late && (await tally('rating_officer', officerId)) > BURST;
}

async function sameTextBefore({ officerId, commentHash, day }: Incoming): Promise<number> {
	if (officerId === null || commentHash === undefined) return 0;
	const since = gte(ratings.day, addDays(day, -SAME_TEXT_DAYS));
	const [found] = await db()
		.select({ n: count() })
		.from(ratings)
		.where(and(eq(ratings.officerId, officerId), eq(ratings.commentHash, commentHash), since));
	return found?.n ?? 0;
}

async function officerById(id: string) {
	const [officer] = await db()
		.select({ unitId: officers.unitId, accountId: officers.accountId })
		.from(officers)
		.where(eq(officers.id, id));
	return officer;
}

/** Whether the officer, or somebody who works at the office, is signed in on the sending browser. */
async function isOwnSession(actor: Actor, { unit, officerId }: Incoming): Promise<boolean> {
	if (holds(actor, unit.id, ...ROLES)) return true;
	if (actor.officerId === null) return false;
	return actor.officerId === officerId || (await officerById(actor.officerId))?.unitId === unit.id;
}

/**
 * Whether the rating comes from the officer's network. Visitors at the counter use the same network, so scanned codes
 * and visit links are exempt.
 */
async function isOwnNetwork({ officerId, sender, invited }: Incoming): Promise<boolean> {
	if (officerId === null || sender === undefined || invited) return false;
	const accountId = (await officerById(officerId))?.accountId;
	return accountId ? wasInNetwork(accountId, sender.addresses) : false;
}

async function isOutsideHours({ trustedTime, unit, byVisit }: Incoming): Promise<boolean> {
	if (byVisit) return false;
	const at = trustedTime ?? now();
	const { hours, timeZone } = unit;
	const today = localDate(at, timeZone);
	if (at < workdayStart(today, hours, timeZone) || at >= workdayEnd(today, hours, timeZone)) return true;
	return !isWorkingDay(today, await loadCalendar());
}

/** Keyed hash that is equal for comments with the same words; undefined if the comment is too short. */
export function commentHash(comment: string | undefined): string | undefined {
	const text = comparedText(comment);
	return text === undefined ? undefined : keyedHex('content-hash', text, 'comment');
}

/** Flags personal data and insults in a comment: names of the unit's officers, numbers, insults. */
export async function commentFlags(comment: string | undefined, unitId: string): Promise<CommentFlag[]> {
	if (comment === undefined) return [];
	const people = await db()
		.select({ name: officers.name })
		.from(officers)
		.where(and(eq(officers.unitId, unitId), eq(officers.active, true)));
	const names = people.map(({ name }) => name);
	return screenComment(comment, names);
}

/** Signals that somebody other than the visitor may have sent the rating; a rating with one of them is not verified. */
export const UNVERIFIED: readonly Signal[] = ['made_here', 'too_soon'];

/**
 * Computes the signals that a rating by a visit's link is not from the visitor (docs/decisions/0010). The time since
 * the visit is checked only for browsers, because another system may record the visit and its rating at the same
 * moment.
 */
export async function visitDoubts(
	visit: SubmissionContext['visit'],
	{ sender, tokenOf }: { sender?: Sender; tokenOf?: Actor }
): Promise<{ fromOffice: boolean; doubts: Signal[] }> {
	if (!visit) return { fromOffice: false, doubts: [] };
	const actor = sender?.actor ?? tokenOf ?? null;
	const fromOffice = await isFromOffice(visit, { actor, device: sender?.device ?? null });
	const doubts: Signal[] = [];
	if (fromOffice || visit.openedByMaker) doubts.push('made_here');
	if (sender && (visit.openedTooSoon || isTooSoon(visit.closedAt))) doubts.push('too_soon');
	if (await isBusyDay(visit)) doubts.push('many_visits');
	return { fromOffice, doubts };
}

/** Calendar days; long enough to contain 28 working days even around the longest holidays. */
const LOOK_BACK_DAYS = 70;
const MANY_VISITS: Signal = 'many_visits';

/** Whose visits are counted: an officer's at any office, or all visits of one unit. */
type Whose = { officerId: string } | { unitId: string };

/**
 * Whether a day had more visits than `mostVisits` expects from the working days before it. A unit is not checked in its
 * first week, when the number of visits may still grow each day.
 */
async function isUnusuallyBusy(whose: Whose, day: LocalDate): Promise<boolean> {
	const isTheirs = 'officerId' in whose ? eq(visits.officerId, whose.officerId) : eq(visits.unitId, whose.unitId);
	const rows = await db()
		.select({ day: visits.day, n: count() })
		.from(visits)
		.where(and(isTheirs, between(visits.day, addDays(day, -LOOK_BACK_DAYS), day)))
		.groupBy(visits.day)
		.orderBy(visits.day);
	const byDay = new Map(rows.map((row) => [row.day, row.n]));
	const today = byDay.get(day) ?? 0;
	if (today <= PLAIN_DAY) return false;
	const calendar = await loadCalendar();
	// Days before the first visit are excluded, because a new officer or unit has none.
	const first = rows[0]?.day ?? day;
	const before = Array.from({ length: LOOK_BACK_DAYS }, (_, back) => addDays(day, -back - 1))
		.filter((date) => isWorkingDay(date, calendar))
		.slice(0, COMPARED_DAYS)
		.filter((date) => date >= first);
	if ('unitId' in whose && before.length < KNOWN_AFTER_DAYS) return false;
	return today > mostVisits(before.map((date) => byDay.get(date) ?? 0));
}

/** Whether the visit's officer or unit has had more visits than usual on that day. */
async function isBusyDay(visit: { unitId: string; officerId: string | null; day: LocalDate }): Promise<boolean> {
	const { unitId, officerId, day } = visit;
	return (officerId !== null && (await isUnusuallyBusy({ officerId }, day))) || isUnusuallyBusy({ unitId }, day);
}

/**
 * Nightly job: adds `many_visits` to ratings by a visit's link that were stored before their day became unusually busy.
 * It covers yesterday and the two following dates, because those days may not have ended in every time zone. The
 * ratings keep counting; a manager is asked to review them.
 */
export async function markBusyDays(): Promise<void> {
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	const lately = between(visits.day, yesterday, addDays(yesterday, 2));
	// Starts from officers and units, so that an index finds their days.
	const byOfficer = await db()
		.select({ officerId: officers.id, day: visits.day })
		.from(officers)
		.innerJoin(visits, and(eq(visits.officerId, officers.id), lately))
		.groupBy(officers.id, visits.day)
		.having(gt(count(), PLAIN_DAY));
	const byUnit = await db()
		.select({ unitId: units.id, day: visits.day })
		.from(units)
		.innerJoin(visits, and(eq(visits.unitId, units.id), lately))
		.groupBy(units.id, visits.day)
		.having(gt(count(), PLAIN_DAY));
	for (const { officerId, day } of byOfficer) {
		if (await isUnusuallyBusy({ officerId }, day)) await addManyVisits(eq(ratings.officerId, officerId), day);
	}
	for (const { unitId, day } of byUnit) {
		if (await isUnusuallyBusy({ unitId }, day)) await addManyVisits(eq(ratings.unitId, unitId), day);
	}
}

async function addManyVisits(whose: SQL, day: LocalDate): Promise<void> {
	await db()
		.update(ratings)
		.set({ signals: sql`array_append(${ratings.signals}, ${MANY_VISITS})` })
		.where(
			and(whose, eq(ratings.day, day), eq(ratings.source, 'visit'), sql`not (${MANY_VISITS} = any(${ratings.signals}))`)
		);
}
