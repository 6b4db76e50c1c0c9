import { CROCKFORD, crockfordValue, encodeCrockford, isCrockford, normaliseCrockford } from './crockford.ts';
import { parsePlaceCode } from './place-code.ts';
import { looksLikeReference } from './reference-numbers.ts';

/**
 * A receipt has 80 bits as 16 Crockford symbols in four groups, and one check character: `ABCD-EFGH-JKMN-PQRS-T`.
 * Crockford's own check symbol is computed modulo 37 and may be `*`, `~`, `$`, `=` or `U`, which are hard to find on a
 * phone keyboard and easy to misread. Luhn modulo 32 uses only the alphabet. It detects every single wrong symbol and
 * every swap of two neighbours except 0 with Z.
 */
const BYTES = 10;
const SYMBOLS = 16;

type ReceiptProblem = 'empty' | 'length' | 'alphabet' | 'check' | 'looks_like_reference' | 'looks_like_place_code';
type ParsedReceipt = { ok: string } | { problem: ReceiptProblem };

/** Makes the canonical receipt from 10 bytes. @throws RangeError for any other length */
export function receiptFromBytes(bytes: Uint8Array): string {
	if (bytes.length !== BYTES) throw new RangeError(`a receipt is made of ${BYTES} bytes`);
	const symbols = encodeCrockford(bytes);
	return grouped(symbols + checkCharacter(symbols)).join('-');
}

/**
 * Parses a typed or pasted receipt in any case, with or without separators. It recognises a report number and the code of
 * a sheet, so that the page can say which of the codes is needed.
 */
export function parseReceipt(typed: string): ParsedReceipt {
	const input = withoutLabel(typed);
	if (looksLikeReference(input)) return { problem: 'looks_like_reference' };
	const text = normaliseCrockford(input);
	if (text === '') return { problem: 'empty' };
	if (!isCrockford(text)) return { problem: 'alphabet' };
	if (parsePlaceCode(text)) return { problem: 'looks_like_place_code' };
	if (text.length !== SYMBOLS + 1) return { problem: 'length' };
	if (checkCharacter(text.slice(0, SYMBOLS)) !== text.charAt(SYMBOLS)) return { problem: 'check' };
	return { ok: grouped(text).join('-') };
}

/** The groups of a canonical receipt as single characters, for reading aloud and for screen readers. */
export function spelled(receipt: string): string[][] {
	return receipt.split('-').map((group) => [...group]);
}

function checkCharacter(symbols: string): string {
	let sum = 0;
	// Counted from the right: the symbol beside the check character is doubled first.
	for (let i = symbols.length - 1, doubled = true; i >= 0; i--, doubled = !doubled) {
		const value = crockfordValue(symbols.charAt(i)) * (doubled ? 2 : 1);
		sum += Math.floor(value / 32) + (value % 32);
	}
	return CROCKFORD.charAt((32 - (sum % 32)) % 32);
}

/** Typed text in the groups of a receipt, so that it can be compared with the written code. Other text stays as it is. */
export function groupedLikeReceipt(input: string): string {
	const text = normaliseCrockford(input);
	return isCrockford(text) && !looksLikeReference(input) ? grouped(text).join('-') : input;
}

/** A code may be copied with its label: "Kode rahasia: RMX5-…". */
const withoutLabel = (input: string): string => input.replace(/^[\p{L}\s]*:/u, '');

const grouped = (text: string): string[] => text.match(/.{1,4}/g) ?? [];
