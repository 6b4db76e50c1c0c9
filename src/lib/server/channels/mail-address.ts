/** Masks an address for administrators of the outbox: enough to recognise a typing error, too little to write to. */
export function maskedAddress(address: string): string {
	const at = address.lastIndexOf('@');
	return at < 1 ? '***' : `${address.slice(0, 1)}***${address.slice(at)}`;
}

const MASK = '***';

/** Removes all addresses from a mail server's message. */
export function withoutAddress(said: string, address: string): string {
	const local = address.slice(0, address.lastIndexOf('@'));
	const named = said.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, MASK);
	return local.length < 3 ? named : replaceWord(named, local);
}

/** Also removes the mailbox without its domain: "user pelapor unknown". */
function replaceWord(text: string, word: string): string {
	const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), MASK);
}
