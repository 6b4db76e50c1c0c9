import { addDays, instantAt, localDate, localTime } from '#lib/calendar/days.ts';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { dutyAt, isOn, latestShifts, MIDNIGHT } from '#lib/places/duty.ts';
import { isPhotoShown } from '#lib/privacy/photo.ts';
import { ago, now } from '#lib/server/clock.ts';
import { coversDay, referenceData, type ReferenceData } from '#lib/server/reference/reference.ts';

type Place = ReferenceData['places'][number];

/** Whether a place is a desk in use. */
export const isDesk = ({ kind, withdrawnAt }: Place): boolean => kind === 'desk' && withdrawnAt === null;

const desksWhere = async (isChosen: (place: Place) => boolean): Promise<Place[]> =>
	(await referenceData()).places.filter((place) => isChosen(place) && isDesk(place));

/** The desks in use at an office, by name. `officerId` is null for a desk that belongs to no single officer. */
export async function desksAt(unitId: string) {
	const desks = await desksWhere((place) => place.unitId === unitId);
	return desks.map(({ id, name, officerId }) => ({ id, name, officerId }));
}

/** Ids of the places where the roster names one of the chosen officers today, in the office's time zone, or later. */
async function rosteredPlaces(unitId: string, isChosen: (officerId: string) => boolean): Promise<Set<string>> {
	const { shifts, unitById } = await referenceData();
	const today = localDate(now(), unitById.get(unitId)?.timeZone ?? 'UTC');
	const coming = shifts.filter(({ officerId, day }) => isChosen(officerId) && (day === null || day >= today));
	return new Set(coming.map(({ placeId }) => placeId));
}

/** The desks in use that belong to an officer of an office, or where the roster names the officer today or later. */
export async function desksOfOfficer(officer: { id: string; unitId: string }): Promise<Place[]> {
	const rostered = await rosteredPlaces(officer.unitId, (id) => id === officer.id);
	return desksWhere((place) => place.officerId === officer.id || rostered.has(place.id));
}

/** The desks in use at an office that belong to no officer and have no active officer in the roster today or later. */
export async function desksWithoutOfficer(unitId: string) {
	const { officerById } = await referenceData();
	const rostered = await rosteredPlaces(unitId, (id) => officerById.get(id)?.active === true);
	return (await desksAt(unitId)).filter(({ id, officerId }) => officerId === null && !rostered.has(id));
}

export type Desk = Awaited<ReturnType<typeof desksAt>>[number];

/** An officer on duty at a desk, with the desk's id and name. */
export type OfficerOnDuty = Awaited<ReturnType<typeof officersOnDuty>>[number];

/**
 * Returns the officer on duty at a desk now: the officer of the roster's shift, otherwise the desk's own
 * officer. Returns null if there is none, if the officer is inactive or absent that day, and if the place is withdrawn
 * or no desk.
 */
export async function officerOnDuty(placeId: string): Promise<{ id: string; name: string } | null> {
	const [onDuty] = await officersOnDuty((place) => place.id === placeId);
	return onDuty ? { id: onDuty.id, name: onDuty.name } : null;
}

/** The moment until which the roster can't change the officer at a desk: a shift begins or ends there, or the day ends. */
export async function dutyUntil(unit: { timeZone: string }, placeId: string): Promise<Date> {
	const { shifts } = await referenceData();
	const [day, time] = [localDate(now(), unit.timeZone), localTime(now(), unit.timeZone)];
	const ofDay = shifts.filter((shift) => shift.placeId === placeId && isOn(shift, day));
	const turns = ofDay.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
	const next = turns.filter((turn) => time < turn && turn < MIDNIGHT).sort()[0];
	return next ? instantAt(day, next, unit.timeZone) : instantAt(addDays(day, 1), '00:00', unit.timeZone);
}

/**
 * Ids of the officers whom somebody who has just been at a desk may mean: those whose shift runs now, or else those of
 * the shift that ended last, at most an hour ago. Absences don't count, because an officer can enter one after serving.
 */
export async function officersJustNow(placeId: string): Promise<string[]> {
	const { unitById, shifts } = await referenceData();
	const [desk] = await desksWhere((place) => place.id === placeId);
	if (!desk) return [];
	const zone = unitById.get(desk.unitId)?.timeZone ?? 'UTC';
	const [at, hourAgo] = [now(), ago(HOUR_MS)];
	const day = localDate(at, zone);
	const since = localDate(hourAgo, zone) === day ? localTime(hourAgo, zone) : '00:00';
	const ofDesk = shifts.filter((shift) => shift.placeId === desk.id);
	const found = latestShifts(ofDesk, { day, time: localTime(at, zone) }, since);
	return [...new Set(found.map(({ officerId }) => officerId))];
}

/**
 * Lists the officers on duty at an office's desks, ordered by desk. An officer who covers two desks is listed twice.
 * Desks without an officer on duty are omitted.
 */
export function dutyByDesk(unitId: string): Promise<OfficerOnDuty[]> {
	return officersOnDuty((place) => place.unitId === unitId);
}

/**
 * Returns the officer whom a desk's own code or tablet proposes. A place without a desk never proposes an officer, even
 * if only one is on duty: otherwise ratings of the whole office would count for that officer.
 */
export const officerOfDesk = (duty: readonly OfficerOnDuty[], placeId: string | undefined): OfficerOnDuty | undefined =>
	duty.find((one) => one.placeId === placeId);

/**
 * Accounts of the officers who have a shift today at a desk of the office, at any time of the day. Empty if the office
 * has no roster.
 */
export async function rosteredToday({ id, timeZone }: { id: string; timeZone: string }): Promise<Set<string>> {
	const { shifts, officerById } = await referenceData();
	const desks = new Set((await desksAt(id)).map((desk) => desk.id));
	const today = localDate(now(), timeZone);
	const ofToday = shifts.filter(({ placeId, ...shift }) => desks.has(placeId) && isOn(shift, today));
	return new Set(ofToday.flatMap(({ officerId }) => officerById.get(officerId)?.accountId ?? []));
}

/** One row for each desk of one office that has an officer on duty, ordered by desk name. */
async function officersOnDuty(isChosen: (place: Place) => boolean) {
	const { unitById, shifts, officers, absences } = await referenceData();
	const desks = await desksWhere(isChosen);
	const zone = unitById.get(desks[0]?.unitId ?? '')?.timeZone ?? 'UTC';
	const at = now();
	const moment = { day: localDate(at, zone), time: localTime(at, zone) };
	const absent = new Set(absences.filter((one) => coversDay(one, moment.day)).map(({ accountId }) => accountId));
	const present = new Map(
		officers.flatMap((officer) => {
			const { id, name, active, accountId } = officer;
			const isPresent = active && !absent.has(accountId ?? '');
			return isPresent ? [[id, { id, name, hasPhoto: isPhotoShown(officer) }] as const] : [];
		})
	);
	const ids = new Set(present.keys());
	return desks.flatMap((desk) => {
		const ofDesk = shifts.filter((shift) => shift.placeId === desk.id && isOn(shift, moment.day));
		const onDuty = dutyAt({ officerId: desk.officerId, shifts: ofDesk }, moment, ids);
		const officer = present.get(onDuty ?? '');
		return officer ? [{ ...officer, placeId: desk.id, placeName: desk.name }] : [];
	});
}
