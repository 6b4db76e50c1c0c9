import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlaceCode, placeCodeFromBytes } from './place-code.ts';

const eight = fc.uint8Array({ minLength: 8, maxLength: 8 });

describe('a place code', () => {
	it('has six consonants and can be read back in lower case and with a separator', () => {
		fc.assert(
			fc.property(eight, (bytes) => {
				const code = placeCodeFromBytes(bytes);
				expect(code).toMatch(/^[BCDFGHJKMNPQRSTVWXYZ]{6}$/);
				expect(parsePlaceCode(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `)).toBe(code);
			})
		);
	});

	it('depends on every byte', () => {
		fc.assert(
			fc.property(eight, fc.nat(7), (bytes, at) => {
				const other = Uint8Array.from(bytes);
				other[at] = (bytes[at] ?? 0) ^ 1;
				expect(placeCodeFromBytes(other)).not.toBe(placeCodeFromBytes(bytes));
			})
		);
		expect(() => placeCodeFromBytes(new Uint8Array(7))).toThrow(RangeError);
	});

	it('is refused for any other text', () => {
		for (const text of ['', 'BCDFG', 'BCDFGHJ', 'BCDFGU', 'BCDFG/', '../..']) expect(parsePlaceCode(text)).toBeNull();
	});
});
