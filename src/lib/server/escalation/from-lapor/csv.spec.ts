import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '#lib/cases/vocabulary.ts';
import { locales } from '#lib/paraglide/runtime.js';
import { decodeTable } from '#lib/server/csv-table.ts';
import { Invalid } from '#lib/server/errors.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { categoryWord, kindWord } from '#lib/words/cases.ts';
import { inboundTableExample, inputOfLine, MAX_LINES, readInboundTable, writeInboundTable } from './csv.ts';
import { readDay } from './input.ts';

const codeOf = (text: string) => {
	try {
		readInboundTable(text);
		return undefined;
	} catch (cause) {
		return cause instanceof Invalid ? cause.issues[0] : cause;
	}
};

describe('a table of reports from LAPOR', () => {
	it('is read by its column names, in Indonesian or English, in any order', () => {
		const indonesian = 'Isi Laporan;Nomor SP4N-LAPOR!;Tanggal Diterima\r\nAntrean lama, sekali;#1916449;30/09/2026\r\n';
		const english = 'lapor_id,received_on,content\n#1916449,30/09/2026,"Antrean lama, sekali"\n';
		const line = {
			line: 2,
			cells: { lapor_id: '#1916449', received_on: '30/09/2026', content: 'Antrean lama, sekali' }
		};
		expect(readInboundTable(indonesian)).toEqual([line]);
		expect(readInboundTable(english)).toEqual([line]);
	});

	it.each([
		['id;nomor_sp4n_lapor;tanggal;isi;tanggal_diterima', '55501;1916449;1/9/2026;Isi;3/9/2026'],
		['nomor;tracking_id;isi;tanggal_diterima', '1;1916449;Isi;3/9/2026']
	])('takes the surest name, wherever the column is: %s', (header, row) => {
		const [line] = readInboundTable(`${header}\n${row}`);
		expect(line?.cells).toMatchObject({ lapor_id: '1916449', received_on: '3/9/2026' });
	});

	it('keeps a row that contains a line break of a word processor, which Excel does not quote', () => {
		const table = decodeTable(
			Buffer.from('nomor_sp4n_lapor;isi;tanggal_diterima\n1916449;Jl. Contoh 1\vLantai 2;3/9/2026\n')
		);
		expect(readInboundTable(table).map(({ cells }) => cells)).toEqual([
			{ lapor_id: '1916449', content: 'Jl. Contoh 1 Lantai 2', received_on: '3/9/2026' }
		]);
	});

	it('numbers rows as a spreadsheet does: a text of several lines is one row, and empty rows count', () => {
		const text = 'nomor\ttanggal\tisi\n1001\t1/9/2026\t"Baris satu\nbaris dua"\n\t\t\n\n1002\t2/9/2026\tPendek\n';
		expect(readInboundTable(text).map(({ line, cells }) => [line, cells.lapor_id])).toEqual([
			[2, '1001'],
			[5, '1002']
		]);
	});

	it('accepts kinds and categories by their Indonesian names', () => {
		const [line] = readInboundTable('nomor,tanggal,isi,jenis,pokok\n1001,1/9/2026,Isi,Aspirasi,Waktu');
		expect(line && inputOfLine(line)).toMatchObject({ kind: 'suggestion', category: 'time' });
	});

	it.each(locales)('accepts kinds and categories by the names on the screens: %s', (locale) => {
		for (const category of CATEGORIES) {
			const cells = { category: categoryWord(category, locale), kind: inLocale(locale, () => kindWord('suggestion')) };
			expect(inputOfLine({ line: 2, cells })).toEqual({ category, kind: 'suggestion' });
		}
		const kind = inLocale(locale, () => kindWord('information_request'));
		expect(inputOfLine({ line: 2, cells: { kind } })).toEqual({ kind: 'information_request' });
	});

	it("is refused if it can't be read, lacks a column, is empty or is too long", () => {
		expect(codeOf('')).toMatchObject({ code: 'inbound_csv_columns' });
		expect(codeOf('nomor,isi\n1,2')).toMatchObject({
			code: 'inbound_csv_columns',
			params: { columns: 'tanggal_diterima' }
		});
		expect(codeOf('nomor,tanggal,isi\n')).toMatchObject({ code: 'inbound_csv_empty' });
		expect(codeOf('nomor,tanggal,isi\n1001,1/9/2026,"Tidak ditutup')).toMatchObject({ code: 'inbound_csv_unreadable' });
		const long = `nomor,tanggal,isi\n${'1001,1/9/2026,Isi\n'.repeat(MAX_LINES + 1)}`;
		expect(codeOf(long)).toMatchObject({ code: 'inbound_csv_long' });
	});

	it('is read as UTF-8, UTF-16 or Windows-1252', () => {
		const text = 'nomor;tanggal;isi\n1001;1/9/2026;Café di loket';
		const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);
		const bigEndian = new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16());
		const windows = new Uint8Array(Buffer.from(text, 'latin1'));
		for (const bytes of [new TextEncoder().encode(`\uFEFF${text}`), utf16, bigEndian, windows])
			expect(readInboundTable(decodeTable(bytes))[0]?.cells.content).toBe('Café di loket');
	});

	it('has no NULs, because the preview must show what is stored', () => {
		const file = new TextEncoder().encode('nomor;tanggal;isi\r\n19\u00001917103;1/9/2026;"Baris satu\r\nbaris dua"');
		const cells = { lapor_id: '191917103', received_on: '1/9/2026', content: 'Baris satu\nbaris dua' };
		expect(readInboundTable(decodeTable(file))).toEqual([{ line: 2, cells }]);
		const unmarked = Buffer.from('nomor;tanggal;isi\n1001;1/9/2026;Loket', 'utf16le');
		expect(readInboundTable(decodeTable(unmarked))[0]?.cells.content).toBe('Loket');
	});

	it('is returned with the problems, without formulas, and reads as before when uploaded again', () => {
		const cells = { lapor_id: '12', received_on: '1/9/2026', content: '=HYPERLINK("http://contoh.invalid")' };
		const text = writeInboundTable([{ line: 7, cells, problem: '+62 bukan nomor SP4N-LAPOR!' }]);
		expect(text).not.toMatch(/(^|[,"\n])[=+@-]/m);
		expect(readInboundTable(text)).toEqual([{ line: 2, cells }]);
	});

	it('can start from the example', () => {
		expect(readInboundTable(inboundTableExample())).toHaveLength(1);
	});
});

it.each([
	['2026-09-30', '2026-09-30'],
	['30/09/2026', '2026-09-30'],
	['30-9-2026', '2026-09-30'],
	['30.09.26', '2026-09-30'],
	['3/4/2026', '2026-04-03'],
	['30/09/2026 14:05', '2026-09-30'],
	['2026-09-30T14:05:00+08:00', '2026-09-30'],
	['30 September 2026', '2026-09-30'],
	['Rabu, 30 September 2026 14.05 WITA', '2026-09-30'],
	['1 Agustus 2026', '2026-08-01'],
	['2-Okt-26', '2026-10-02'],
	['4 Dec 2026', '2026-12-04'],
	['46295', '2026-09-30'],
	['46295.5868', '2026-09-30']
])('%j is %s', (text, day) => {
	expect(readDay(text)).toBe(day);
});

it.each(['', 'kemarin', '31/09/2026', '09/30/2026', '30 Foo 2026', '123', '99999', '2026'])(
	'%j is not a day',
	(text) => {
		expect(readDay(text)).toBeUndefined();
	}
);
