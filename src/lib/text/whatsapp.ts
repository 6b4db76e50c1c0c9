/**
 * Address that opens a chat with a number and a prepared text. 0812…, 62812… and +62812… are the same Indonesian
 * number. Numbers of other countries need their plus.
 */
export function whatsappAddress(phone: string, words: string): string {
	const plain = phone.replace(/[^\d+]/g, '');
	const number = plain.startsWith('0') ? `62${plain.slice(1)}` : plain.replace('+', '');
	return `https://wa.me/${number}?text=${encodeURIComponent(words)}`;
}
