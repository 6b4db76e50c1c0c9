import { wordsOf } from '#lib/text/indonesian.ts';

interface NamedUnit {
	id: string;
	name: string;
	slug: string;
}

/** Words in the names of many offices, which identify none of them. */
const COMMON = new Set(['bps', 'kabupaten', 'kota', 'provinsi', 'badan', 'pusat', 'statistik', 'kantor']);

const called = (unit: NamedUnit) => wordsOf(unit.name).filter((word) => !COMMON.has(word));

/**
 * The other office that a text names, where it does not name its own: "saya datang ke BPS Majene" in a report to
 * Mamuju. A name within a longer one ("Mamuju" in "Mamuju Tengah") is the longer one's.
 */
export function suggestUnit<U extends NamedUnit>(
	text: string,
	own: string,
	units: readonly U[]
): { unit: U; words: string } | undefined {
	let rest = ` ${wordsOf(text).join(' ')} `;
	const found: U[] = [];
	const longestFirst = [...units].sort((a, b) => called(b).length - called(a).length || a.slug.localeCompare(b.slug));
	for (const unit of longestFirst) {
		const name = called(unit).join(' ');
		if (!name || !rest.includes(` ${name} `)) continue;
		found.push(unit);
		rest = rest.replaceAll(` ${name} `, ' · ');
	}
	if (found.length !== 1 || found[0]?.id === own) return undefined;
	const [unit] = found;
	return unit && { unit, words: called(unit).join(' ') };
}
