import { localDate, yearOf } from '#lib/calendar/days.ts';
import { decreedYears } from '#lib/server/calendar/year.ts';
import { now } from '#lib/server/clock.ts';
import { connectionState } from '#lib/server/escalation/connection.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { listPeople } from '#lib/server/people/directory.ts';
import { listOfficers } from '#lib/server/people/officers.ts';
import { listServices } from '#lib/server/people/services.ts';
import { listTokens } from '#lib/server/people/tokens.ts';
import { unitsForAdmin } from '#lib/server/people/units.ts';
import { listPlaces } from '#lib/server/places/places.ts';

/** What an administrator has, and what is missing in it. */
export async function administrationOverview(actor: Actor) {
	const units = await unitsForAdmin(actor);
	const people = await listPeople(actor);
	const officers = (await listOfficers(actor)).filter((officer) => officer.active);
	const places = (await listPlaces(actor)).filter((place) => !place.withdrawnAt);
	const nextYear = yearOf(localDate(now(), units[0]?.timeZone ?? 'UTC')) + 1;
	const years = await decreedYears();
	const connection = await connectionState();
	const open = units.filter((unit) => unit.active);
	const named = ({ code, name }: { code: string; name: string }) => ({ code, name });
	return {
		counts: {
			units: units.length,
			officers: officers.length,
			services: (await listServices(actor)).filter((service) => service.active).length,
			places: places.length,
			people: people.length,
			tokens: (await listTokens(actor)).filter((token) => !token.revokedAt).length
		},
		years: years.toReversed(),
		lapor: connection.mode,
		nextYear,
		/** Deadlines that reach into it are provisional until its decree is loaded. */
		yearMissing: !years.includes(nextYear),
		halted: connection.halt !== undefined,
		withoutPassword: people.filter((person) => person.active && !person.hasPassword).length,
		withoutResponsible: open.filter((unit) => !unit.responsible).map(named),
		withoutPlace: open.filter((unit) => !places.some((place) => place.unitId === unit.id)).map(named)
	};
}
