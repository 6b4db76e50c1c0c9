/** Crockford base32: without I, L, O and U, so that a code survives reading aloud, writing and typing. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const OUTSIDE = /[^0-9A-HJKMNP-TV-Z]/;
// All kinds of spaces and dashes, and the invisible characters that chat applications add to copied text.
const SEPARATORS = /[\s\p{Pd}\p{Cf}._]/gu;
const BITS = 5;

/** Encodes bytes with the most significant bit first. The last symbol is padded with zero bits. */
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

/** Returns the value 0 to 31 of one symbol. @throws RangeError for a character outside the alphabet */
export function crockfordValue(symbol: string): number {
	const value = symbol.length === 1 ? CROCKFORD.indexOf(symbol) : -1;
	if (value === -1) throw new RangeError('not a symbol of Crockford base32');
	return value;
}

/**
 * Normalises typed text to the alphabet: upper case, no separators, O as 0, I and L as 1. Other characters stay, so
 * that `isCrockford` refuses them.
 */
export function normaliseCrockford(input: string): string {
	return input.normalize('NFKC').replace(SEPARATORS, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
}

export function isCrockford(text: string): boolean {
	return !OUTSIDE.test(text);
}
