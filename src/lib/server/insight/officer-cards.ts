import { reference } from '#lib/server/reference/reference.ts';

/** Facts shown beside officers' names in a comparison, by id: the unit, and the URL of the portrait if the site shows one. */
export async function officerCards(ids: readonly string[]) {
	const { officerById, unitById } = await reference();
	const known = ids.flatMap((id) => officerById.get(id) ?? []);
	return Object.fromEntries(
		known.map(({ id, unitId, photoKey, active }) => [
			id,
			{
				unit: unitById.get(unitId)?.name ?? '',
				portrait: photoKey !== null && active ? `/berkas/petugas/${id}` : null
			}
		])
	);
}
