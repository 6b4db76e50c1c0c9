/**
 * The address that opens a chat with that number, the words already typed: 0812…, 62812… and +62812… are one Indonesian
 * phone, any other country's number comes with its plus.
 */
export function whatsappAddress(phone: string, words: string): string {
	const plain = phone.replace(/[^\d+]/g, '');
	const number = plain.startsWith('0') ? `62${plain.slice(1)}` : plain.replace('+', '');
	return `https://wa.me/${number}?text=${encodeURIComponent(words)}`;
}
