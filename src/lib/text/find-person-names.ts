import { isCommonWord } from './common-words.ts';

/** A capitalised word, or an initial or title with its dot. */
const WORD = String.raw`(?:(?:Dr|dr|Drs|Dra|Hj?|Ir|Prof|\p{Lu})\.|\p{Lu}[\p{L}'’-]+)`;
const NAME = String.raw`(?:[Hh]aj(?:i|ah)\s+)?(?<name>${WORD}(?:[ \t]+(?:${WORD}|bin|binti)){0,5})`;
const NOT_IN_WORD = String.raw`(?<!\p{L})`;

/**
 * Places where a name follows: introductions, forms of address and signatures. After "saya" a name has two words or more.
 * In a signature it ends the text.
 */
const PLACES = [
	String.raw`(?:[Aa]tas nama|[Bb]ernama|[Nn]amaku|[Nn]ama(?:\s+(?:saya|aku|lengkap))*)(?:\s+(?:adalah|ialah))?\s*[:=]?\s+${NAME}`,
	String.raw`[Pp]erkenalkan,?\s+(?:saya|aku),?\s+${NAME}`,
	String.raw`(?=[Ss]aya)(?<=(?:^|[.!?,;:])\s*)[Ss]aya,?\s+(?=${WORD}\s+${WORD})${NAME}`,
	String.raw`(?:[Bb]apak|[Ii]bu|[Pp]ak|[Bb]u|[Bb]pk|[Ss]audar[ai]|[Ss]dri?|[Mm]bak|[Mm]as)\.?\s+${NAME}`,
	String.raw`(?:[Aa]\.\s?n\.?|a/n|[Tt]td\.?|[Tt]ertanda)[,:]?\s+${NAME}`,
	String.raw`(?:[Hh]ormat\s+(?:saya|kami)|[Ss]alam(?:\s+hormat)?|[Tt]erima\s?kasih|[Ww]assalam)\s*(?:[,.!]|\n)\s*${NAME}(?=[\s\p{P}\d+]*$)`
].map((place) => new RegExp(NOT_IN_WORD + place, 'gu'));

/** Capitalised words that are no names, beside the common ones: places, titles of office, days and months, labels. */
const NO_NAMES = new Set(
	`kota kabupaten kab kecamatan kec kelurahan kel provinsi prov dusun jalan jl negara republik indonesia pemerintah
	kementerian menteri presiden gubernur bupati wali wakil walikota ketua sekretaris direktur kades kadis kabid kasi
	bidan perawat imam hakim jaksa bank toko badan pusat nik ktp npwp hp wa no telp email alamat
	pendaftaran pengguna menyusui pkk senin selasa rabu kamis jumat sabtu minggu januari februari maret april mei juni
	juli agustus september oktober november desember yth hormat salam wassalam wassalamualaikum assalamualaikum`.split(
		/\s+/
	)
);

/** Abbreviations, such as RT or NIK. */
const SHORT = /^\p{Lu}{2,3}$/u;

const isNameWord = (word: string) => !SHORT.test(word) && !NO_NAMES.has(word.toLowerCase()) && !isCommonWord(word);

/**
 * Finds names where people introduce, address or sign: "nama saya Budi Santoso", "Bapak Andi", "a.n. Siti". It takes only
 * capitalised words, and no names elsewhere.
 */
export function findNames(text: string): { start: number; end: number }[] {
	return PLACES.flatMap((place) =>
		Array.from(text.matchAll(place), (match) => {
			const whole = match.groups?.name ?? '';
			const words = whole.split(/(?<=\S)(?=\s)/);
			const firstOther = words.findIndex((word) => !isNameWord(word.trim()));
			const name = (firstOther < 0 ? words : words.slice(0, firstOther)).join('').replace(/\s+(?:bin|binti)$/, '');
			const start = match.index + match[0].length - whole.length;
			return { start, end: start + name.length };
		})
	).filter(({ start, end }) => end > start);
}
