/** Characters of the GSM 7-bit alphabet that take one place (3GPP TS 23.038). */
const BASIC =
	'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Characters that take two places. */
const EXTENDED = '^{}\\[~]|€\f';

/** Places and segments of a text. One SMS has 160 places (UCS-2: 70); parts of a longer text have 153 (67). */
export function segmentsOf(text: string): { places: number; segments: number } {
	const characters = [...text];
	const isGsm = characters.every((one) => BASIC.includes(one) || EXTENDED.includes(one));
	const weights = characters.map((one) => (isGsm ? (EXTENDED.includes(one) ? 2 : 1) : one.length));
	const places = weights.reduce((sum, weight) => sum + weight, 0);
	const [single, part] = isGsm ? [160, 153] : [70, 67];
	if (places <= single) return { places, segments: places === 0 ? 0 : 1 };
	// A character of two places is not split between two parts.
	let segments = 1;
	let used = 0;
	for (const weight of weights) {
		if (used + weight > part) {
			segments += 1;
			used = 0;
		}
		used += weight;
	}
	return { places, segments };
}
