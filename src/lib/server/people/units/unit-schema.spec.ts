import { expect, test } from 'vitest';
import { carriesWhiteText, unitSchema } from './unit-schema.ts';

test.each([
	['#767676', true],
	['#777777', false],
	['#0b5cad', true],
	['#ffcc00', false]
])('whether %s carries white text: %s', (colour, carries) => {
	expect(carriesWhiteText(colour)).toBe(carries);
});

test('one time of Friday without the other is refused with words about Friday', () => {
	const office = { slug: 'kantor', name: 'Kantor', timeZone: 'Asia/Makassar', accent: '#0b5cad' };
	const codesFor = (friday: object) =>
		unitSchema
			.safeParse({ ...office, hours: { start: '08:00', end: '16:00', friday } })
			.error?.issues.map(({ path, message }) => [path.join('.'), message]);
	expect(codesFor({ start: '07:30' })).toEqual([['hours.friday.end', 'admin_time_friday']]);
	expect(codesFor({ start: '7.30', end: '11:00' })).toEqual([['hours.friday.start', 'admin_time']]);
	expect(codesFor({ start: '12:00', end: '11:00' })).toEqual([['hours.friday.end', 'admin_range']]);
});
