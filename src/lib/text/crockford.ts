/**
 * Crockford base32: 32 symbols without I, L, O and U, so that a code read aloud, written on paper and typed back stays
 * the same code.
 */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const OUTSIDE = /[^0-9A-HJKMNP-TV-Z]/;
// Spaces and dashes of every kind, and the invisible marks that chat applications put around copied text.
const SEPARATORS = /[\s\p{Pd}\p{Cf}._]/gu;
const BITS = 5;

/** The symbols of these bytes, most significant bit first; the last symbol is filled with zero bits. */
export function encodeCrockford(bytes: Uint8Array): string {
	let text = '';
	let pending = 0;
	let width = 0;
	for (const byte of bytes) {
		pending = (pending << 8) | byte;
		width += 8;
		while (width >= BITS) {
			width -= BITS;
			text += CROCKFORD.charAt((pending >> width) & 31);
		}
		pending &= (1 << width) - 1;
	}
	return width === 0 ? text : text + CROCKFORD.charAt((pending << (BITS - width)) & 31);
}

/** The value 0 to 31 of one symbol; throws a RangeError outside the alphabet. */
export function crockfordValue(symbol: string): number {
	const value = symbol.length === 1 ? CROCKFORD.indexOf(symbol) : -1;
	if (value === -1) throw new RangeError('not a symbol of Crockford base32');
	return value;
}

/**
 * What a person typed as the alphabet has it: capitals, no separators, O as 0, I and L as 1. Anything else stays as it
 * is, for `isCrockford` to refuse.
 */
export function normaliseCrockford(input: string): string {
	return input.normalize('NFKC').replace(SEPARATORS, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** True if every character belongs to the alphabet. */
export function isCrockford(text: string): boolean {
	return !OUTSIDE.test(text);
}
