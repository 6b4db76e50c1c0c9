import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, looksLikeReference, parseEscalationReference, parseReference } from './reference.ts';

const references = fc.record({
	unit: fc.integer({ min: 0, max: 9999 }).map((code) => String(code).padStart(4, '0')),
	year: fc.integer({ min: 2000, max: 2099 }),
	number: fc.integer({ min: 1, max: 999_999 })
});

describe('a report number', () => {
	it('is written with unit, year and six digits', () => {
		expect(formatReference({ unit: '7604', year: 2026, number: 123 })).toBe('SPATULA-7604-26-000123');
	});

	it('is read back in any case and with any separators', () => {
		fc.assert(
			fc.property(references, fc.constantFrom('-', ' ', '', '–', ' - '), (reference, separator) => {
				const written = formatReference(reference).replaceAll('-', separator);
				expect(parseReference(written)).toEqual(reference);
				expect(parseReference(written.toLowerCase())).toEqual(reference);
				expect(looksLikeReference(written)).toBe(true);
			})
		);
	});

	it('refuses what it could not write', () => {
		expect(() => formatReference({ unit: '76', year: 2026, number: 1 })).toThrow(RangeError);
		expect(() => formatReference({ unit: '7604', year: 1999, number: 1 })).toThrow(RangeError);
		expect(() => formatReference({ unit: '7604', year: 2026, number: 0 })).toThrow(RangeError);
		expect(() => formatReference({ unit: '7604', year: 2026, number: 1_000_000 })).toThrow(RangeError);
		for (const text of ['', 'SPATULA', 'SPATULA-7604-26-000000', 'SPATULA-7604-26-00012', 'X-7604-26-000123']) {
			expect(parseReference(text)).toBeNull();
		}
	});
});

describe('the reference of a forward', () => {
	it('is read from both forms and is no report number', () => {
		fc.assert(
			fc.property(references, fc.integer({ min: 1, max: 99 }), (reference, nn) => {
				const written = `${formatReference(reference)}.${String(nn).padStart(2, '0')}`;
				const tag = written.replace(/[-.]/g, '');
				for (const one of [written, tag, `#${tag}`]) {
					expect(parseEscalationReference(one)).toEqual({ ...reference, nn });
					expect(parseReference(one)).toBeNull();
				}
				expect(parseEscalationReference(formatReference(reference))).toBeNull();
			})
		);
	});

	it('starts at one', () => {
		expect(parseEscalationReference('SPATULA-7604-26-000123.00')).toBeNull();
	});
});
