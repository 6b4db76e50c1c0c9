import { expect, test } from 'vitest';
import { carriesWhiteText } from './unit-schema.ts';

test.each([
	['#767676', true],
	['#777777', false],
	['#0b5cad', true],
	['#ffcc00', false]
])('whether %s carries white text: %s', (colour, carries) => {
	expect(carriesWhiteText(colour)).toBe(carries);
});
