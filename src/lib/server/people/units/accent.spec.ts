import { expect, test } from 'vitest';
import { carriesWhiteText, contrastWithWhite } from './accent.ts';

test('contrast runs from 1 for white to 21 for black', () => {
	expect(contrastWithWhite('#ffffff')).toBeCloseTo(1, 5);
	expect(contrastWithWhite('#000000')).toBeCloseTo(21, 5);
});

test('#767676 is the lightest grey that carries white text', () => {
	expect(carriesWhiteText('#767676')).toBe(true);
	expect(carriesWhiteText('#777777')).toBe(false);
});

test('the default blue carries white text, a yellow does not', () => {
	expect(carriesWhiteText('#0b5cad')).toBe(true);
	expect(carriesWhiteText('#ffcc00')).toBe(false);
});
