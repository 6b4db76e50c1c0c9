import { expect, test } from 'vitest';
import { whatsappAddress } from './whatsapp.ts';

test.each(['081234567890', '6281234567890', '+62 812-3456-7890'])('%s becomes its international number', (phone) => {
	expect(whatsappAddress(phone, 'Salam')).toBe('https://wa.me/6281234567890?text=Salam');
});

test('a foreign number keeps its country code', () => {
	expect(whatsappAddress('+60 12 345 6789', '')).toBe('https://wa.me/60123456789?text=');
});

test('the text cannot end the address', () => {
	expect(whatsappAddress('0812', 'a&b=c #1')).toBe('https://wa.me/62812?text=a%26b%3Dc%20%231');
});
