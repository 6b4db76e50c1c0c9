import { isCrockford, normaliseCrockford } from './crockford.ts';

/**
 * The six letters printed beside a QR code, for people who type. New codes use the consonants of Crockford's alphabet
 * alone: a sheet may then truly say "enam huruf", nothing looks like a digit, and no word appears by chance. 20^6 are
 * 64 million codes; a code is public, so it needs to be unique, not secret.
 */
const CONSONANTS = 'BCDFGHJKMNPQRSTVWXYZ';
const LENGTH = 6;
const BYTES = 8;

/** A code of 8 random bytes; throws a RangeError for any other number of them. */
export function placeCodeFromBytes(bytes: Uint8Array): string {
	if (bytes.length !== BYTES) throw new RangeError(`a place code is made of ${BYTES} bytes`);
	// 2^64 is so much larger than 20^6 that the remainder favours no letter measurably.
	let rest = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
	let code = '';
	while (code.length < LENGTH) {
		code += CONSONANTS.charAt(Number(rest % BigInt(CONSONANTS.length)));
		rest /= BigInt(CONSONANTS.length);
	}
	return code;
}

/** The code as it is stored, from what a person typed or an address carries; null if it can't be one. */
export function parsePlaceCode(input: string): string | null {
	const code = normaliseCrockford(input);
	return code.length === LENGTH && isCrockford(code) ? code : null;
}
