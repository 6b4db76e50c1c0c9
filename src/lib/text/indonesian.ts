/**
 * Stems Indonesian text for comparison, without a dictionary. A stem need not be correct, but must be the same for all
 * forms of a word: "antrean", "mengantre" and "antre" have one stem.
 */

const PARTICLES = ['nya', 'lah', 'kah', 'pun'];
const PREFIXES = ['meng', 'meny', 'peng', 'peny', 'mem', 'men', 'pem', 'pen', 'per', 'ber', 'ter', 'me', 'pe', 'di'];
const SUFFIXES = ['kan', 'an'];
/** Minimum length of a word after an affix is removed. */
const MIN_STEM = 4;

/** Words that say nothing about the subject of a report. */
const STOP_WORDS = new Set(
	`ada adalah agar akan aku anda apa apakah atas atau bagi bahkan bahwa banyak baru bapak beberapa belum berada bisa boleh
	bpk buat bukan dalam dan dapat dari dengan depan dia disana disini dulu dua hal hanya hari harus hingga
	ibu ini itu jadi jam jangan jika juga kali kalau kami kantor karena kata kembali kemudian kepada kita lagi lain lalu
	lebih maka mana masih mau mereka mohon namun nya oleh orang pada pak para per pernah pun saat saja sama sampai sangat
	satu saya segera seorang sebab sedang sehingga sekali sekitar selalu selama semua seperti serta setelah setiap siang siapa
	sore sudah supaya tadi tanggal tanpa telah terima tersebut tetapi tiap tidak tiga tolong untuk waktu yaitu yang
	kemarin pagi kasih the and was`.split(/\s+/)
);

/** The words of a text in lower case, without accents and punctuation. */
export function wordsOf(text: string): string[] {
	return (
		text
			.normalize('NFKD')
			.replace(/\p{M}/gu, '')
			.toLowerCase()
			.match(/[\p{L}\p{N}]+/gu) ?? []
	);
}

function without(word: string, parts: readonly string[], at: 'start' | 'end'): string {
	const part = parts.find((one) => (at === 'start' ? word.startsWith(one) : word.endsWith(one)));
	if (!part || word.length - part.length < MIN_STEM) return word;
	return at === 'start' ? word.slice(part.length) : word.slice(0, -part.length);
}

/** The stem that the forms of a word share. */
export function stemOf(word: string): string {
	return without(without(without(word, PARTICLES, 'end'), PREFIXES, 'start'), SUFFIXES, 'end');
}

/** The stems of a text, separated and surrounded by spaces, so that phrases can be searched. */
export const stemsOf = (text: string): string => ` ${wordsOf(text).map(stemOf).join(' ')} `;

/** The words that say what a text is about, each once, in order of first appearance. */
export function significantWords(text: string): string[] {
	return [...new Set(wordsOf(text).filter((word) => word.length > 2 && !STOP_WORDS.has(word)))];
}
