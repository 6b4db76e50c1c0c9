import { expect, test } from 'vitest';
import { whatsappAddress } from './whatsapp.ts';

test('the number is international', () => {
	expect(whatsappAddress('812 3456 7890', 'Salam')).toBe('https://wa.me/6281234567890?text=Salam');
});

test('the text cannot end the address', () => {
	expect(whatsappAddress('0812', 'a&b=c #1')).toBe('https://wa.me/62812?text=a%26b%3Dc%20%231');
});
