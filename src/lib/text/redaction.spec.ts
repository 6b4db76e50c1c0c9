import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposeRedaction, redact, type ReporterFields } from './redaction.ts';

const cleaned = (text: string, reporter: ReporterFields = {}) => redact(text, proposeRedaction(text, reporter));

describe('patterns', () => {
	it.each([
		['Hubungi 081240001234 ya', 'Hubungi [nomor telepon] ya'],
		['WA: +62 812-4000-1234.', 'WA: [nomor telepon].'],
		['https://wa.me/6281240001234', 'https://wa.me/[nomor telepon]'],
		['kantor (0426) 21265', 'kantor [nomor telepon]'],
		['HP-0812 4000 1234', 'HP-[nomor telepon]'],
		['Ani (081240001234): kami', 'Ani ([nomor telepon]): kami'],
		['Nama saya Budi Santoso, Bapak Andi menolak.', 'Nama saya [nama], Bapak [nama] menolak.'],
		['e-mail siti.rahma@contoh.co.id, terima kasih', 'e-mail [e-mail], terima kasih'],
		['NIK 7604014507900003', 'NIK [NIK]'],
		['NIK 6201 1234 5678 9012', 'NIK [NIK]'],
		['NIK 76.04.01.450790.0003', 'NIK [NIK]']
	])('%s', (text, expected) => {
		expect(cleaned(text)).toBe(expected);
	});

	it.each([
		'SPATULA-7604-26-000123.01',
		'tanggal 05-12-2026 08.00 WITA',
		'kejadian 01/12/2026',
		'buka 08.00-16.00',
		'biaya Rp 625.000.000',
		'laporan #1916449',
		'Perpres 95/2018 dan UU 25/2009'
	])('keeps unchanged: %s', (text) => {
		expect(proposeRedaction(text)).toEqual([]);
	});
});

describe('the reporter’s own fields', () => {
	it('marks the full name and its parts in any case, but not inside other words', () => {
		const reporter = { name: 'Siti Rahma' };
		expect(cleaned('Saya siti  rahma. Bu SITI menunggu; Rahmawati tidak.', reporter)).toBe(
			'Saya [nama]. Bu [nama] menunggu; Rahmawati tidak.'
		);
	});

	it('marks parts of a name that follow each other as one name', () => {
		expect(cleaned('Ibu Siti Rahma datang', { name: 'Siti Nur Rahma' })).toBe('Ibu [nama] datang');
	});

	it('does not mark titles and particles of a name', () => {
		expect(cleaned('Bapak itu anak bin siapa', { name: 'Drs. Ali bin Bapak' })).toBe('Bapak itu anak bin siapa');
	});

	it('finds the phone number with other spacing and without its leading 0', () => {
		expect(cleaned('nomor 812 4000 1234', { phone: '+6281240001234' })).toBe('nomor [nomor telepon]');
		expect(cleaned('nomor 0812.4000.1234', { phone: '081240001234' })).toBe('nomor [nomor telepon]');
	});

	it('marks a whole e-mail address that contains a name', () => {
		expect(cleaned('tulis ke siti@contoh.id', { name: 'Siti' })).toBe('tulis ke [e-mail]');
	});

	it('treats regular expression characters in a name as plain text', () => {
		expect(cleaned('oleh Ani (Mamuju)', { name: 'Ani (Mamuju' })).toContain('[nama]');
		expect(() => proposeRedaction('apa saja', { name: '((((', address: '[a-', phone: '***' })).not.toThrow();
	});
});

describe('marks', () => {
	it('are ordered, inside the text and never overlap, for any text', () => {
		const piece = fc.oneof(
			fc.constantFrom('0812 4000 1234', 'siti@x.id', '7604014507900003', 'Siti', ' '),
			fc.string()
		);
		fc.assert(
			fc.property(fc.array(piece), (pieces) => {
				const text = pieces.join('');
				let end = 0;
				for (const mark of proposeRedaction(text, { name: 'Siti Rahma', phone: '081240001234' })) {
					expect(mark.start).toBeGreaterThanOrEqual(end);
					expect(mark.end).toBeGreaterThan(mark.start);
					end = mark.end;
				}
				expect(end).toBeLessThanOrEqual(text.length);
			})
		);
	});

	it('outside the text or inside another mark are ignored', () => {
		const marks = [
			{ start: 0, end: 4, kind: 'name' as const },
			{ start: 1, end: 3, kind: 'email' as const },
			{ start: 5, end: 99, kind: 'nik' as const }
		];
		expect(redact('Siti datang', marks)).toBe('[nama] datang');
	});
});
