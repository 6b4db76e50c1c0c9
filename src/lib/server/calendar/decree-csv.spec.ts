import { expect, test } from 'vitest';
import { HOLIDAYS } from '#lib/calendar/holidays.ts';
import { decreeCsv, parseDecreeCsv } from './decree-csv.ts';
import { Invalid } from '#lib/server/errors.ts';

const issueOf = (text: string) => {
	try {
		parseDecreeCsv(text);
		return undefined;
	} catch (error) {
		return error instanceof Invalid ? error.issues[0] : error;
	}
};

test('a decree’s table can be written and read back', () => {
	const guarded = { date: '2028-01-01', kind: 'national', name: '=Tahun Baru' } as const;
	const table = decreeCsv([...HOLIDAYS, guarded]);
	expect(table.split('\n')[0]).toBe('tanggal,jenis,nama');
	expect(parseDecreeCsv(table)).toEqual([...HOLIDAYS, guarded]);
});

test('reads a table from an Indonesian spreadsheet: semicolons, day first, Indonesian kinds, byte order mark', () => {
	const text =
		'\uFEFFname;date;kind\r\n"Tahun Baru; Masehi";1/1/2028;Libur Nasional\r\n\r\nCuti;2-1-2028;CUTI BERSAMA\r\n';
	expect(parseDecreeCsv(text)).toEqual([
		{ date: '2028-01-01', kind: 'national', name: 'Tahun Baru; Masehi' },
		{ date: '2028-01-02', kind: 'joint', name: 'Cuti' }
	]);
});

test('keeps a comma in a name of a table that has semicolons or tabs', () => {
	for (const separator of [';', '\t']) {
		const lines = ['date;kind;name', '2028-03-27;nasional;Idul Fitri 1449 H, hari pertama'];
		const text = lines.map((line) => line.replaceAll(';', separator)).join('\n');
		expect(parseDecreeCsv(text)).toMatchObject([{ name: 'Idul Fitri 1449 H, hari pertama' }]);
	}
});

test.each([
	['', 'admin_csv_columns', 1],
	['tanggal,hari,nama\n', 'admin_csv_columns', 1],
	['date,kind,name\n2028-02-30,national,Tidak ada', 'admin_csv_date', 2],
	['date,kind,name\n2028-01-01,national,Ada\n2028-01-02,libur,Apa', 'admin_csv_kind', 3],
	['date,kind,name\n2028-01-01,constructor,Ada', 'admin_csv_kind', 2],
	['date,kind,name\n2028-01-01,__proto__,Ada', 'admin_csv_kind', 2],
	['date,kind,name\n2028-01-01,national,', 'admin_csv_name', 2],
	[`date,kind,name\n2028-01-01,national,${'A'.repeat(121)}`, 'admin_csv_name', 2],
	['date,kind,name\n2028-01-01', 'admin_csv_kind', 2],
	['date,kind,name\n\n2028-01-01,national,Ada\n2028-02-30,national,Tidak ada', 'admin_csv_date', 4]
])('%j is refused as %s in line %i', (text, code, line) => {
	expect(issueOf(text)).toEqual({ path: 'file', code, params: { line } });
});

test('refuses text that is not valid CSV', () => {
	expect(issueOf('date,kind,name\n"2028-01-01,national')).toMatchObject({ code: 'admin_csv_unreadable' });
});
