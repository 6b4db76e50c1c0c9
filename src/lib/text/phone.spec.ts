import { expect, it } from 'vitest';
import { groupedPhone } from './phone.ts';

it.each([
	['081210007604', '0812-1000-7604'],
	['0812 1000 7604', '0812-1000-7604'],
	['+6281210007604', '+62 812-1000-7604'],
	['(0426) 12345', '(0426) 12345'],
	['137', '137']
])('writes %s as %s', (typed, shown) => {
	expect(groupedPhone(typed)).toBe(shown);
});
