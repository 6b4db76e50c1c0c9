import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CROCKFORD } from './crockford.ts';
import { groupedLikeReceipt, parseReceipt, receiptFromBytes, spelled } from './receipt-format.ts';

const receipts = fc.uint8Array({ minLength: 10, maxLength: 10 }).map(receiptFromBytes);

describe('a receipt', () => {
	it('has four groups of four and a check character of the same alphabet', () => {
		fc.assert(
			fc.property(receipts, (receipt) => {
				expect(receipt).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]$/);
			})
		);
	});

	it('has the check character computed by hand', () => {
		// 15 zeros and a 1 beside the check character. The 1 is doubled, and 30 more give 32.
		expect(receiptFromBytes(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))).toBe('0000-0000-0000-0001-Y');
		// The highest symbol doubled is 62, written as 1 and 30 in base 32, sum 31. 16 times 31 is 496 = 15 * 32 + 16.
		expect(receiptFromBytes(new Uint8Array(10).fill(255))).toBe('ZZZZ-ZZZZ-ZZZZ-ZZZZ-G');
	});

	it('refuses any other number of bytes', () => {
		expect(() => receiptFromBytes(new Uint8Array(9))).toThrow(RangeError);
	});

	it('differs for different bytes', () => {
		const ten = fc.uint8Array({ minLength: 10, maxLength: 10 });
		fc.assert(
			fc.property(ten, ten, (a, b) => {
				fc.pre(Buffer.compare(a, b) !== 0);
				expect(receiptFromBytes(a)).not.toBe(receiptFromBytes(b));
			})
		);
	});

	it('can be read back with any separators, case and look-alikes', () => {
		const separator = fc.constantFrom('', ' ', '-', ' - ', '–', '\u00a0', '\n');
		fc.assert(
			fc.property(
				receipts,
				fc.array(separator, { minLength: 17, maxLength: 17 }),
				fc.nat(),
				(receipt, between, seed) => {
					const typed = [...receipt.replaceAll('-', '')]
						.map((symbol, i) => {
							const lookalike = { '0': 'o', '1': seed % 2 ? 'l' : 'I' }[symbol];
							const chosen = (seed >> (i % 20)) % 2 ? (lookalike ?? symbol.toLowerCase()) : symbol;
							return chosen + between[i];
						})
						.join('');
					expect(parseReceipt(typed)).toEqual({ ok: receipt });
				}
			)
		);
	});

	it('detects every single wrong symbol', () => {
		fc.assert(
			fc.property(receipts, fc.nat(16), fc.integer({ min: 1, max: 31 }), (receipt, at, shift) => {
				const symbols = [...receipt.replaceAll('-', '')];
				symbols[at] = CROCKFORD.charAt((CROCKFORD.indexOf(symbols[at] ?? '') + shift) % 32);
				expect(parseReceipt(symbols.join(''))).toEqual({ problem: 'check' });
			})
		);
	});

	it('detects two swapped neighbours, except 0 with Z', () => {
		fc.assert(
			fc.property(receipts, fc.nat(15), (receipt, at) => {
				const symbols = [...receipt.replaceAll('-', '')];
				const pair = [symbols[at], symbols[at + 1]].join('');
				fc.pre(pair.charAt(0) !== pair.charAt(1) && pair !== '0Z' && pair !== 'Z0');
				symbols.splice(at, 2, pair.charAt(1), pair.charAt(0));
				expect(parseReceipt(symbols.join(''))).toEqual({ problem: 'check' });
			})
		);
	});

	it('names the problem of other input', () => {
		expect(parseReceipt('  - ')).toEqual({ problem: 'empty' });
		expect(parseReceipt('0000-0000-0000-0001')).toEqual({ problem: 'length' });
		expect(parseReceipt('0000-0000-0000-0001-YY')).toEqual({ problem: 'length' });
		expect(parseReceipt('0000-0000-0000-000U-Y')).toEqual({ problem: 'alphabet' });
		expect(parseReceipt('kode saya?')).toEqual({ problem: 'alphabet' });
	});

	it('recognises a report number typed by mistake', () => {
		for (const typed of ['SPATULA-7604-26-000123', 'spatula 7604 26 000123.01', '7604-26-000123', 'SPATULA-76']) {
			expect(parseReceipt(typed)).toEqual({ problem: 'looks_like_reference' });
		}
	});

	it('takes no phone number for a report number', () => {
		expect(parseReceipt('0812 3456 7890')).toEqual({ problem: 'length' });
	});

	it('may be copied with its label', () => {
		for (const label of ['Kode:', 'Kode rahasia : ', 'kode rahasia:\n'])
			expect(parseReceipt(`${label}0000-0000-0000-0001-Y`)).toEqual({ ok: '0000-0000-0000-0001-Y' });
	});

	it('recognises the code of a sheet typed by mistake', () => {
		for (const typed of ['MMJPTG', 'mmj ptg', 'mmj-ktk']) {
			expect(parseReceipt(typed)).toEqual({ problem: 'looks_like_place_code' });
		}
		expect(parseReceipt('MMJPT')).toEqual({ problem: 'length' });
	});

	it('never reads a real receipt as a report number', () => {
		fc.assert(fc.property(receipts, (receipt) => 'ok' in parseReceipt(receipt)));
	});

	it('is shown in groups as it was typed, also with an error in it', () => {
		expect(groupedLikeReceipt('abcdefgh jkmnp')).toBe('ABCD-EFGH-JKMN-P');
		expect(groupedLikeReceipt('SPATULA-7604-26-000123')).toBe('SPATULA-7604-26-000123');
		expect(groupedLikeReceipt('7604-26-000123')).toBe('7604-26-000123');
		expect(groupedLikeReceipt('')).toBe('');
	});

	it('is split into groups of single characters', () => {
		expect(spelled('ABCD-EFGH-JKMN-PQRS-T')).toEqual([
			['A', 'B', 'C', 'D'],
			['E', 'F', 'G', 'H'],
			['J', 'K', 'M', 'N'],
			['P', 'Q', 'R', 'S'],
			['T']
		]);
	});
});
