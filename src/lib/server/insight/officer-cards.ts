import { isPhotoShown, publicPhotoAddress } from '#lib/privacy/photo.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** Facts shown beside officers' names in a comparison, by id: the unit, and the URL of the portrait if the site shows one. */
export async function officerCards(ids: readonly string[]) {
	const { officerById, unitById } = await referenceData();
	const known = ids.flatMap((id) => officerById.get(id) ?? []);
	return Object.fromEntries(
		known.map((officer) => [
			officer.id,
			{
				unit: unitById.get(officer.unitId)?.name ?? '',
				portrait: publicPhotoAddress({ id: officer.id, hasPhoto: isPhotoShown(officer) })
			}
		])
	);
}
