import { and, between, count, eq, gt, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { workdayEnd, workdayStart } from '#lib/calendar/workday-hours.ts';
import { isWorkingDay, type Calendar } from '#lib/calendar/working-calendar.ts';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { screenComment, type CommentFlag } from '#lib/ratings/screen-comment.ts';
import { BURST, comparedText, SAME_TEXT_OFTEN, SIGNALS, type Signal } from '#lib/ratings/signals.ts';
import { COMPARED_DAYS, KNOWN_AFTER_DAYS, mostVisits, PLAIN_DAY } from '#lib/visits/busy-day.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { holds, recordIdsOf, type Actor } from '#lib/server/people/actor.ts';
import { tally, type Counted } from '#lib/server/rate-limits.ts';
import { referenceData, type ReferenceData } from '#lib/server/reference/reference.ts';
import { isFromOffice, isTooSoon } from '#lib/server/visits/link.ts';
import type { SubmissionContext } from './check-submission.ts';

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
	found: SubmissionContext;
	officerId: string | null;
	/**
	 * True if the rating came by a visit's link, a tablet or a printed code: the sender was at the office or received a
	 * link from it.
	 */
	invited: boolean;
	byVisit: boolean;
	/** Time of the rating from a tablet or another system. Times from browsers are ignored. */
	trustedTime: Date | undefined;
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
	const { officerId, sender, found } = incoming;
	const { officerById, calendar } = await referenceData();
	const { burst, times } = await repetitions(incoming);
	const alike = officerId === null ? 0 : found.sameText;
	const signals = new Set<Signal>(incoming.noticed);
	if (burst) signals.add('burst');
	if (times > 1) signals.add(times > 2 ? 'same_device_often' : 'same_device');
	if (alike > 0) signals.add(burst || alike >= SAME_TEXT_OFTEN ? 'same_text_often' : 'same_text');
	if (sender?.actor && (await isOwnSession(sender.actor, incoming, officerById))) signals.add('own_session');
	// Visitors at the counter use the office's network, so scanned codes and visit links are exempt.
	if (found.inNetwork && !incoming.invited) signals.add('own_network');
	if (isOutsideHours(incoming, calendar)) signals.add('outside_hours');
	return SIGNALS.filter((signal) => signals.has(signal));
}

/** Counts the rating. `times`: how often this device rated the officer within a day. */
async function repetitions({ officerId, sender, trustedTime }: Incoming): Promise<{ burst: boolean; times: number }> {
	if (officerId === null) return { burst: false, times: 0 };
	const late = trustedTime !== undefined && trustedTime < ago(LATE_MS);
	const ofOfficer: Counted[] = late ? [] : [['rating_officer', officerId]];
	const ofDevice: Counted[] = sender ? [['rating_device_officer', `${sender.device} ${officerId}`]] : [];
	const counts = await tally([...ofOfficer, ...ofDevice]);
	return { burst: !late && (counts[0] ?? 0) > BURST, times: sender ? (counts.at(-1) ?? 0) : 0 };
}

/** Whether the officer, also after a move, or somebody who works at the office is signed in on the sending browser. */
async function isOwnSession(
	actor: Actor,
	{ found: { unit }, officerId }: Incoming,
	officerById: ReferenceData['officerById']
) {
	if (holds(actor, unit.id, ...ROLES)) return true;
	if (actor.officerId === null) return false;
	if (officerId !== null && (await recordIdsOf(actor.officerId)).includes(officerId)) return true;
	return officerById.get(actor.officerId)?.unitId === unit.id;
}

function isOutsideHours({ trustedTime, found, byVisit }: Incoming, calendar: Calendar): boolean {
	if (byVisit) return false;
	const at = trustedTime ?? now();
	const { hours, timeZone } = found.unit;
	const today = localDate(at, timeZone);
	if (at < workdayStart(today, hours, timeZone) || at >= workdayEnd(today, hours, timeZone)) return true;
	return !isWorkingDay(today, calendar);
}

/** Keyed hash that is equal for comments with the same words; undefined if the comment is too short. */
export function commentHash(comment: string | undefined): string | undefined {
	const text = comparedText(comment);
	return text === undefined ? undefined : keyedHex('content-hash', text, 'comment');
}

/** Flags personal data and insults in a comment: names of the unit's officers, numbers, insults. */
export async function commentFlags(comment: string | undefined, unitId: string): Promise<CommentFlag[]> {
	if (comment === undefined) return [];
	const { officers: all } = await referenceData();
	const names = all.filter((officer) => officer.unitId === unitId && officer.active).map(({ name }) => name);
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
	{ visit, visitsThatDay }: Pick<SubmissionContext, 'visit' | 'visitsThatDay'>,
	{ sender, tokenOf }: { sender?: Sender; tokenOf?: Actor }
): Promise<{ fromOffice: boolean; doubts: Signal[] }> {
	if (!visit) return { fromOffice: false, doubts: [] };
	const actor = sender?.actor ?? tokenOf ?? null;
	const fromOffice = await isFromOffice(visit, { actor, device: sender?.device ?? null });
	const doubts: Signal[] = [];
	if (fromOffice || visit.openedByMaker) doubts.push('made_here');
	if (sender && (visit.openedTooSoon || isTooSoon(visit, visit.closedAt))) doubts.push('too_soon');
	if (await isBusyDay(visit, visitsThatDay)) doubts.push('many_visits');
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
async function isBusyDay(
	{ unitId, officerId, day }: { unitId: string; officerId: string | null; day: LocalDate },
	{ ofOfficer, ofUnit }: SubmissionContext['visitsThatDay']
): Promise<boolean> {
	if (officerId !== null && ofOfficer > PLAIN_DAY && (await isUnusuallyBusy({ officerId }, day))) return true;
	return ofUnit > PLAIN_DAY && isUnusuallyBusy({ unitId }, day);
}

/**
 * Nightly job: adds `many_visits` to ratings by a visit's link that were stored before their day became unusually busy.
 * It covers the three dates from yesterday (UTC), so that the last full day of every time zone is among them. The
 * ratings keep counting; a manager is asked to review them.
 */
export async function markBusyDays(): Promise<void> {
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	const lately = between(visits.day, yesterday, addDays(yesterday, 2));
	// Starts from officers and units, so that an index finds their days.
	const daysOf = (table: typeof officers | typeof units, of: typeof visits.officerId | typeof visits.unitId) =>
		db()
			.select({ id: table.id, day: visits.day })
			.from(table)
			.innerJoin(visits, and(eq(of, table.id), lately))
			.groupBy(table.id, visits.day)
			.having(gt(count(), PLAIN_DAY));
	for (const { id, day } of await daysOf(officers, visits.officerId))
		if (await isUnusuallyBusy({ officerId: id }, day)) await addManyVisits(eq(ratings.officerId, id), day);
	for (const { id, day } of await daysOf(units, visits.unitId))
		if (await isUnusuallyBusy({ unitId: id }, day)) await addManyVisits(eq(ratings.unitId, id), day);
}

async function addManyVisits(whose: SQL, day: LocalDate): Promise<void> {
	await db()
		.update(ratings)
		.set({ signals: sql`array_append(${ratings.signals}, ${MANY_VISITS})` })
		.where(
			and(whose, eq(ratings.day, day), eq(ratings.source, 'visit'), sql`not (${MANY_VISITS} = any(${ratings.signals}))`)
		);
}
