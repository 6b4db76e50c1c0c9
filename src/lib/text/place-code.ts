import { isCrockford, normaliseCrockford } from './crockford.ts';

/**
 * The six letters printed beside a QR code, for typing. New codes use only the consonants of Crockford's alphabet: so
 * the sheet can say "enam huruf", no letter looks like a digit, and no word appears by chance. 20^6 gives 64 million
 * codes. A code is public, so it must be unique but not secret.
 */
const CONSONANTS = 'BCDFGHJKMNPQRSTVWXYZ';
const LENGTH = 6;
const BYTES = 8;

/** Makes a code from 8 random bytes. @throws RangeError for any other number of bytes */
export function placeCodeFromBytes(bytes: Uint8Array): string {
	if (bytes.length !== BYTES) throw new RangeError(`a place code is made of ${BYTES} bytes`);
	// 2^64 is much larger than 20^6, so every letter is practically equally likely.
	let rest = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	let code = '';
	while (code.length < LENGTH) {
		code += CONSONANTS.charAt(Number(rest % BigInt(CONSONANTS.length)));
		rest /= BigInt(CONSONANTS.length);
	}
	return code;
}

/** Normalises a typed code or one from an address to its stored form; null if it cannot be a code. */
export function parsePlaceCode(input: string): string | null {
	const code = normaliseCrockford(input);
	return code.length === LENGTH && isCrockford(code) ? code : null;
}
