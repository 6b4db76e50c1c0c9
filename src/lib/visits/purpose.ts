import { proposeRedaction } from '#lib/text/redaction.ts';

/** Consecutive years, as in "2019 2020 2021 2022", look like the groups of an identity number. */
const YEARS = /^(?:(?:19|20)\d{2}[ .-]?)+$/;
/**
 * At least as long as other personal numbers: NPWP, a phone number without its 0. Codes of products and regions are shorter.
 */
const LONG_NUMBER = /\d{10,}/;

/** A title before a name: `Ibu Siti`, but not `Ibu Hamil` or `Bapak Kepala Dinas`. */
const NAMED =
	/(?<!\p{L})(?:[Ii]bu|[Bb]u|[Bb]apak|[Pp]ak|[Mm]bak|[Ss]audar[ai]|[Ss]dri?|[Aa]tas nama|[Aa]\.n)\.? +(?!(?:Kepala|Kades|Camat|Lurah|Bupati|Gubernur|Wali|Wakil|Ketua|Sekretaris|Direktur|Menteri|Desa|Hamil|Menyusui|Kota|Rumah|RT|RW)(?!\p{L}))\p{Lu}/u;

/**
 * Whether a purpose seems to contain a name, a phone number, an identity number or an e-mail address. The form only asks, because
 * the writer may know that it is harmless.
 */
export function seemsToNamePerson(purpose: string | null): boolean {
	const text = purpose ?? '';
	const marks = proposeRedaction(text).filter(({ start, end }) => !YEARS.test(text.slice(start, end)));
	return marks.length > 0 || LONG_NUMBER.test(text) || NAMED.test(text);
}
