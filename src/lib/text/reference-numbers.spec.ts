import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	compactReference,
	completeReference,
	findOurReferences,
	formatReference,
	forwardReference,
	looksLikeReference,
	parseReference,
	parseReportOrForwardNumber,
	referenceTag
} from './reference-numbers.ts';

const references = fc.record({
	unit: fc.integer({ min: 0, max: 9999 }).map((code) => String(code).padStart(4, '0')),
	year: fc.integer({ min: 2000, max: 2099 }),
	number: fc.integer({ min: 1, max: 999_999 })
});

describe('a report number', () => {
	it('has the unit, the year and six digits', () => {
		expect(formatReference({ unit: '7604', year: 2026, number: 123 })).toBe('SPATULA-7604-26-000123');
	});

	it('can be read back in any case and with any separators', () => {
		fc.assert(
			fc.property(references, fc.constantFrom('-', ' ', '', '–', ' - '), (reference, separator) => {
				const written = formatReference(reference).replaceAll('-', separator);
				expect(parseReference(written)).toEqual(reference);
				expect(parseReference(written.toLowerCase())).toEqual(reference);
				expect(looksLikeReference(written)).toBe(true);
			})
		);
	});

	it('of a trial is another number, which nobody outside the office can name', () => {
		const trial = { unit: '7604', year: 2026, number: 1, trial: true };
		expect(formatReference(trial)).toBe('UJI-7604-26-000001');
		expect(parseReference('uji 7604 26 000001')).toEqual(trial);
		expect(looksLikeReference('uji 7604 26 000001')).toBe(true);
		expect(looksLikeReference('uji 7604 26 00001')).toBe(true);
		expect(looksLikeReference('Uji coba loket 3')).toBe(false);
		expect(looksLikeReference('Uji 2026: antrean loket 3')).toBe(false);
		expect(parseReportOrForwardNumber('UJI-7604-26-000001')).toBeNull();
		expect(findOurReferences('Menurut UJI-7604-26-000001 …')).toEqual([]);
	});

	it('refuses numbers and texts that are not valid', () => {
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
	it('adds the number of the forward; its tag has only letters and digits', () => {
		expect(forwardReference('SPATULA-7604-26-000123', 1)).toBe('SPATULA-7604-26-000123.01');
		expect(referenceTag('SPATULA-7604-26-000123.01')).toBe('#SPATULA76042600012301');
		expect(compactReference('spatula-7604-26-000123.01')).toBe('SPATULA76042600012301');
	});

	it('leads to its report in both forms, and is not a report number', () => {
		fc.assert(
			fc.property(references, fc.integer({ min: 1, max: 99 }), (report, nn) => {
				const forward = forwardReference(formatReference(report), nn);
				for (const written of [forward, compactReference(forward), referenceTag(forward)]) {
					expect(parseReportOrForwardNumber(written)).toEqual(report);
					expect(parseReference(written)).toBeNull();
				}
				expect(parseReportOrForwardNumber(formatReference(report))).toEqual(report);
			})
		);
		expect(parseReportOrForwardNumber('SPATULA-7604-26-000123.00')).toBeNull();
	});

	it.each([
		[
			'Sesuai SPATULA-7604-26-000123.01 dan spatula-7600-27-000001.',
			['SPATULA-7604-26-000123', 'SPATULA-7600-27-000001']
		],
		['tanda #SPATULA76042600012301', ['SPATULA-7604-26-000123']],
		['SPATULA-7604-26-000123.01 #SPATULA76042600012301', ['SPATULA-7604-26-000123']],
		['#SPATULA760426123456701', ['SPATULA-7604-26-1234567']],
		['tanpa nomor apa pun 1916449', []]
	])('is found in a text: %s', (text, expected) => {
		expect(findOurReferences(text)).toEqual(expected);
	});
});

it.each([
	['12', 'SPATULA-7604-26-000012'],
	[' #000012 ', 'SPATULA-7604-26-000012'],
	['25-12', 'SPATULA-7604-25-000012'],
	['SPATULA-1203-26-000012', 'SPATULA-1203-26-000012'],
	['0', '0'],
	['1234567', '1234567']
])('what staff typed is completed for their office and year: %s', (typed, number) => {
	expect(completeReference(typed, { unit: '7604', year: 2026 })).toBe(number);
});
