import { expect, it } from 'vitest';
import {
	canBeDialled,
	dialledPhone,
	groupedPhone,
	internationalPhone,
	mayHaveWhatsApp,
	withMobileZero
} from './phone.ts';

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
	['(Kantor) 0426\u201321001', '042621001'],
	['(+62) 426 21001', '+6242621001'],
	['+62 812-1000-7604', '+6281210007604']
])('dials the first number of %s', (typed, dialled) => {
	expect(dialledPhone(typed)).toBe(dialled);
});

it.each(['(0426) 21 000 / 21 001', '+62 812-1000-7604', '137', '1500 123', 'Telp. 0426.21000 ext. 12'])(
	'can dial %s',
	(typed) => expect(canBeDialled(typed)).toBe(true)
);

it.each([
	'telpon saya',
	'---',
	'12',
	'0426',
	'0426/21001 atau 21002',
	'42621001',
	'62221017',
	'6227436456',
	'8,12446E+11'
])('cannot dial %s', (typed) => expect(canBeDialled(typed)).toBe(false));

it.each([
	['81234567890', '081234567890'],
	['812-3456-7890', '0812-3456-7890'],
	['081234567890', '081234567890'],
	['+6281234567890', '+6281234567890'],
	['42621001', '42621001']
])('writes the mobile number %s with its zero: %s', (typed, whole) => expect(withMobileZero(typed)).toBe(whole));

it.each([
	'081234567890',
	'812 3456 7890',
	'6281234567890',
	'+62 812-3456-7890',
	'+62 (0)812 3456 7890',
	'0062 812 3456 7890',
	'\u202a+62 812\u20113456\u20137890\u202c',
	'０８１２３４５６７８９０'
])('reads %s as the same Indonesian number', (typed) => {
	expect(internationalPhone(typed)).toBe('6281234567890');
});

it.each([
	['+60 12 345 6789', '60123456789'],
	['0060 12 345 6789', '60123456789'],
	['+81 90 1234 5678', '819012345678'],
	['0426 21234', '6242621234']
])('reads %s as %s', (typed, international) => {
	expect(internationalPhone(typed)).toBe(international);
});

it('expects WhatsApp at all numbers but Indonesian landlines', () => {
	const phones = ['0812 3456 7890', '+60 12 345 6789', '0426 21234', '+62 21 123456', ''];
	expect(phones.filter(mayHaveWhatsApp)).toEqual(phones.slice(0, 2));
});
