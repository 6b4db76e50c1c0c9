import { referenceData } from '#lib/server/reference/reference.ts';
import { withUnitsBelow } from '../actor.ts';
import { byCode, requireUnitWithin } from './find-unit.ts';

/**
 * Ids of the named unit and, with `tree`, of those units below it that are in `reach`.
 * @throws NotFound if the named unit is not in `reach`
 */
export async function unitIdsWithin(reach: readonly string[], unit: string, tree: boolean): Promise<string[]> {
	const { id } = await requireUnitWithin(unit, reach);
	if (!tree) return [id];
	return (await withUnitsBelow([id])).filter((one) => reach.includes(one));
}

/** Lists for other systems of the office. Inactive officers and services and withdrawn places are excluded. */
export async function listingOf(
	what: 'units' | 'officers' | 'places' | 'services',
	reach: readonly string[],
	unit: string | null,
	tree: boolean
): Promise<Record<string, unknown>[]> {
	const ids = unit ? await unitIdsWithin(reach, unit, tree) : reach;
	const { units, unitById, officers, places, services } = await referenceData();
	return units
		.filter(({ id }) => ids.includes(id))
		.toSorted(byCode)
		.flatMap((unit): Record<string, unknown>[] => {
			const isOwn = ({ unitId }: { unitId: string }) => unitId === unit.id;
			if (what === 'officers') {
				const active = officers.filter((officer) => isOwn(officer) && officer.active);
				return active.map(({ id, name, position }) => ({ id, name, unit: unit.code, position }));
			}
			if (what === 'places') {
				const inUse = places.filter((place) => isOwn(place) && place.withdrawnAt === null);
				return inUse.map(({ id, name, code, kind, officerId: officer }) => {
					return { id, name, unit: unit.code, code, kind, officer };
				});
			}
			if (what === 'services') {
				const offered = services.filter((service) => isOwn(service) && service.active);
				return offered.map(({ id, kind, name, nameEn }) => ({ id, unit: unit.code, kind, name, name_en: nameEn }));
			}
			const { id, code, slug, name, timeZone, state } = unit;
			const parent = unitById.get(unit.parentId ?? '')?.code ?? null;
			return [{ id, code, slug, name, parent, time_zone: timeZone, state }];
		});
}
