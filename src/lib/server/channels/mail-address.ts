/**
 * Masks an address for the outbox and for its reporter, so that nobody who looks at the screen can write to it. A typing
 * error in the first letter or after the @ can be recognised, one in between can't.
 */
export function maskedAddress(address: string): string {
	const at = address.lastIndexOf('@');
	return at < 1 ? '***' : `${address.slice(0, 1)}***${address.slice(at)}`;
}

const MASK = '***';

/** Removes all addresses from a mail server's message. */
export function withoutAddress(message: string, address: string): string {
	const local = address.slice(0, address.lastIndexOf('@'));
	const withoutAddresses = message.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, MASK);
	return local.length < 3 ? withoutAddresses : replaceWord(withoutAddresses, local);
}

/** Removes a whole word, such as a mailbox without its domain: "user pelapor unknown". */
function replaceWord(text: string, word: string): string {
	const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), MASK);
}
