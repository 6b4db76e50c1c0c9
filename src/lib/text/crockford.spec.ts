import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CROCKFORD, crockfordValue, encodeCrockford, isCrockford, normaliseCrockford } from './crockford.ts';

describe('Crockford base32', () => {
	it('encodes known bytes with the most significant bit first', () => {
		expect(encodeCrockford(new Uint8Array([]))).toBe('');
		expect(encodeCrockford(new Uint8Array([0xff]))).toBe('ZW');
		expect(encodeCrockford(new TextEncoder().encode('hello'))).toBe('D1JPRV3F');
	});

	it('equals integer arithmetic for any ten bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
				let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
				let expected = '';
				for (let i = 0; i < 16; i++, rest /= 32n) expected = CROCKFORD.charAt(Number(rest % 32n)) + expected;
				expect(encodeCrockford(bytes)).toBe(expected);
			})
		);
	});

	it('reads upper and lower case, look-alikes, separators and full-width forms as the same code', () => {
		expect(normaliseCrockford(' oO–iI lL - a b.c\u200b_Ｚ９\n')).toBe('001111ABCZ9');
	});

	const typed = fc.string({ unit: fc.constantFrom(...'09OoIiLlAaZzＺ９–-_. \u200b') });

	it('normalising twice changes nothing more', () => {
		fc.assert(
			fc.property(typed, (text) => {
				const once = normaliseCrockford(text);
				expect(isCrockford(once)).toBe(true);
				expect(normaliseCrockford(once)).toBe(once);
			})
		);
	});

	it('refuses symbols outside the alphabet', () => {
		expect(isCrockford('ABCU')).toBe(false);
		expect(isCrockford('ab')).toBe(false);
		expect(isCrockford(CROCKFORD)).toBe(true);
		for (const symbol of ['U', '', 'AB']) expect(() => crockfordValue(symbol)).toThrow(RangeError);
	});
});
