import { escapeRegExp } from '#lib/text/redaction.ts';

const MASK = '***';

/**
 * Masks an address for the outbox and for its reporter, so that nobody who looks at the screen can write to it. A typing
 * error in the first letter or after the @ can be recognised, one in between can't.
 */
export function maskedAddress(address: string): string {
	const at = address.lastIndexOf('@');
	return at < 1 ? MASK : `${address.slice(0, 1)}${MASK}${address.slice(at)}`;
}

/**
 * The masked address, so that it can be told from another one: if both masks look the same, it has its true length and also
 * shows the first letter that differs.
 */
export function maskedApart(address: string, other: string): string {
	const masked = maskedAddress(address);
	if (address === other || masked === MASK || masked !== maskedAddress(other)) return masked;
	const at = address.lastIndexOf('@');
	const letters = [...address.slice(0, at)];
	const differs = letters.findIndex((letter, index) => letter !== [...other][index]);
	const shown = letters.map((letter, index) => (index === 0 || index === differs ? letter : '*'));
	return shown.join('') + address.slice(at);
}

/** Removes all addresses from a mail server's message. */
export function withoutAddress(message: string, address: string): string {
	const local = address.slice(0, address.lastIndexOf('@'));
	const withoutAddresses = message.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, MASK);
	return local.length < 3 ? withoutAddresses : replaceWord(withoutAddresses, local);
}

/** Removes a whole word, such as a mailbox without its domain: "user pelapor unknown". */
function replaceWord(text: string, word: string): string {
	return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escapeRegExp(word)}(?![\\p{L}\\p{N}])`, 'giu'), MASK);
}
