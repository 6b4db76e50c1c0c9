import { wordsOf } from '#lib/text/indonesian.ts';

interface NamedUnit {
	id: string;
	name: string;
	slug: string;
}

/** Words in the names of many offices, which identify none of them. */
const COMMON = ['kabupaten', 'kota', 'provinsi', 'kantor'];

/** The words that identify each office: the words of its name, except common words and words that all names have. */
function identifyingWords(units: readonly NamedUnit[]) {
	const names = units.map((unit) => wordsOf(unit.name));
	const isShared = (word: string) => COMMON.includes(word) || names.every((words) => words.includes(word));
	return new Map(units.map(({ id }, at) => [id, names[at]?.filter((word) => !isShared(word)) ?? []]));
}

/**
 * Suggests another office if it is the only office that the text names. An example is "saya datang ke kantor Garut" in a
 * report to Bandung. Longer names are matched first, so that "Bandung Barat" does not count as "Bandung".
 */
export function suggestUnit<U extends NamedUnit>(
	text: string,
	ownUnitId: string,
	units: readonly U[]
): { unit: U; words: string } | undefined {
	const identifying = identifyingWords(units);
	const nameWords = ({ id }: NamedUnit) => identifying.get(id) ?? [];
	let rest = ` ${wordsOf(text).join(' ')} `;
	const found: U[] = [];
	const longestFirst = [...units].sort(
		(a, b) => nameWords(b).length - nameWords(a).length || a.slug.localeCompare(b.slug)
	);
	for (const unit of longestFirst) {
		const name = nameWords(unit).join(' ');
		if (!name || !rest.includes(` ${name} `)) continue;
		found.push(unit);
		rest = rest.replaceAll(` ${name} `, ' · ');
	}
	const [unit, another] = found;
	return unit && !another && unit.id !== ownUnitId ? { unit, words: nameWords(unit).join(' ') } : undefined;
}
