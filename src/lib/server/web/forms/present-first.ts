import type { RatedOfficer } from '#lib/server/people/officers/rated-officers.ts';
import type { OfficerOnDuty } from '#lib/server/places/duty.ts';

/** Those on duty now first, with the desk where they are: it most likely was one of them. Then the rest, each by name. */
export function presentFirst(everybody: readonly RatedOfficer[], duty: readonly OfficerOnDuty[]) {
	// Of several desks that somebody covers, the first.
	const deskNow = new Map(duty.map((officer) => [officer.id, officer.placeName] as const).reverse());
	const taken = new Set(deskNow.values());
	const shown = everybody.map(({ id, name, desks, hasPhoto }) => {
		const desk = deskNow.get(id);
		const stands = desk ? [desk] : desks.filter((one) => !taken.has(one));
		return { id, name, hasPhoto, desks: stands };
	});
	return [...shown.filter(({ id }) => deskNow.has(id)), ...shown.filter(({ id }) => !deskNow.has(id))];
}
