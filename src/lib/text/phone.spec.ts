import { expect, it } from 'vitest';
import { dialledPhone, groupedPhone } from './phone.ts';

it.each([
	['081210007604', '0812-1000-7604'],
	['0812 1000 7604', '0812-1000-7604'],
	['+6281210007604', '+62 812-1000-7604'],
	['(0426) 12345', '(0426) 12345'],
	['137', '137']
])('writes %s as %s', (typed, shown) => {
	expect(groupedPhone(typed)).toBe(shown);
});

it.each([
	['(0426) 21 000 / 21 001', '042621000'],
	['0426-21000, 0426-21001', '042621000'],
	['Telp. 0426.21000 ext. 12', '042621000'],
	['+62 812-1000-7604', '+6281210007604']
])('dials the first number of %s', (typed, dialled) => {
	expect(dialledPhone(typed)).toBe(dialled);
});
