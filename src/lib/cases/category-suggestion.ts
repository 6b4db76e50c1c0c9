import { stemsOf, wordsOf } from '#lib/text/indonesian.ts';
import type { Category } from './vocabulary.ts';

/** A word or short phrase that suggests a category. Its forms match too: "antre" finds "antrean" and "mengantre". */
export interface CategoryWord {
	category: Category;
	word: string;
}

const defaultWords: Partial<Record<Category, string>> = {
	requirements: 'syarat, persyaratan, berkas, dokumen, fotokopi, surat pengantar, formulir, KTP, lampiran, materai',
	procedure: 'prosedur, alur, mekanisme, berbelit, dipingpong, dilempar, tidak jelas, bolak balik, tata cara, aturan',
	time: 'antre, antri, lama, lambat, lelet, menunggu, tunggu, terlambat, telat, molor, jam buka, tutup, jadwal, berjam',
	cost: 'biaya, tarif, mahal, bayar, membayar, pembayaran, harga, gratis, kuitansi, PNBP',
	// Not "data" alone: it names the subject of many reports that are about something else, for example about waiting.
	product:
		'data salah, data keliru, data kosong, publikasi, tabel, angka, mikro, peta, salah ketik, tidak sesuai, tidak lengkap, unduh, keliru',
	competence:
		'tidak paham, tidak mengerti, tidak tahu, tidak menguasai, kurang paham, kurang menguasai, salah informasi, bingung',
	behaviour:
		'kasar, ketus, judes, cuek, membentak, dibentak, tidak sopan, kurang sopan, tidak ramah, kurang ramah, marah, sombong, acuh, diabaikan, jutek',
	facilities:
		'toilet, parkir, kursi, AC, panas, kotor, wifi, internet, lift, tangga, ruang tunggu, musala, mushola, listrik, komputer, rusak, bau, disabilitas, kursi roda, air minum',
	integrity:
		'suap, menyuap, pungli, pungutan, gratifikasi, uang pelicin, uang rokok, korupsi, sogok, menyogok, minta uang, meminta uang, imbalan, memeras, calo'
};

/** The words of a new installation. Administrators can change them. */
export const DEFAULT_CATEGORY_WORDS: readonly CategoryWord[] = Object.entries(defaultWords).flatMap(
	([category, list]) => list.split(',').map((word) => ({ category: category as Category, word: word.trim() }))
);

/** An earlier report: the category that a person chose, and how similar its text is (0 to 1). */
export interface Precedent {
	category: Category;
	likeness: number;
}

/** A suggested category with its reasons. A person accepts or ignores it. */
interface CategorySuggestion {
	category: Category;
	words: string[];
	similar: number;
}

/** Minimum likeness of an earlier report that counts. */
export const PRECEDENT_FROM = 0.3;
/** Number of most similar earlier reports that count. */
const NEAREST = 7;
/** Score of a matching word. An earlier report scores its likeness, at most 1. */
const WORD_WEIGHT = 0.6;
/** Score of a matching phrase. It is higher because phrases are rarer than words. */
const PHRASE_WEIGHT = 0.9;

/**
 * Finds the words of the list in the text, by category. List words with the same stems count once. A word inside a
 * matching phrase counts in addition to the phrase.
 */
function matchingWords(text: string, list: readonly CategoryWord[]): Map<Category, string[]> {
	const stems = stemsOf(text);
	const found = new Map<Category, string[]>();
	for (const { category, word } of list) {
		const wanted = stemsOf(word);
		if (!wanted.trim() || !stems.includes(wanted)) continue;
		const known = found.get(category) ?? [];
		if (!known.some((one) => stemsOf(one) === wanted)) found.set(category, [...known, word]);
	}
	return found;
}

const weightOf = (word: string) => (wordsOf(word).length > 1 ? PHRASE_WEIGHT : WORD_WEIGHT);

/**
 * Suggests the category with the highest score from matching words and similar earlier reports. Returns undefined if
 * nothing matches. If scores are equal, the first in alphabetical order wins, so the order of the lists does not
 * matter.
 */
export function suggestCategory(
	text: string,
	list: readonly CategoryWord[],
	precedents: readonly Precedent[]
): CategorySuggestion | undefined {
	const wordsByCategory = matchingWords(text, list);
	const near = precedents
		.filter((one) => one.likeness >= PRECEDENT_FROM)
		.sort((a, b) => b.likeness - a.likeness || a.category.localeCompare(b.category))
		.slice(0, NEAREST);
	const candidates = new Set([...wordsByCategory.keys(), ...near.map((one) => one.category)]);
	const scored = [...candidates].map((category) => {
		const words = wordsByCategory.get(category) ?? [];
		const alike = near.filter((one) => one.category === category);
		const score =
			words.reduce((sum, word) => sum + weightOf(word), 0) + alike.reduce((sum, one) => sum + one.likeness, 0);
		return { category, words, similar: alike.length, score };
	});
	scored.sort((a, b) => b.score - a.score || a.category.localeCompare(b.category));
	const [best] = scored;
	return best && { category: best.category, words: best.words.slice(0, 4), similar: best.similar };
}
