import { accountNames } from '#lib/server/people/audit-log.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { listFilterWords } from '#lib/words/list-filter.ts';

/** The filter of an exported list in words, with the names of the offices, people and places that it names. */
export async function filterWords(list: string, filter: URLSearchParams): Promise<string> {
	const { unitByCodeOrSlug, officerById, placeById } = await referenceData();
	const accounts = await accountNames([...filter.values()].filter(isUuid));
	return listFilterWords(
		list,
		filter,
		(id) => (unitByCodeOrSlug.get(id) ?? officerById.get(id) ?? placeById.get(id))?.name ?? accounts.get(id)
	);
}
