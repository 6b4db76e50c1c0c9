import { internationalPhone } from './phone.ts';

/** Address that opens a chat with a number and a prepared text. */
export function whatsappAddress(phone: string, words: string): string {
	return `https://wa.me/${internationalPhone(phone)}?text=${encodeURIComponent(words)}`;
}
