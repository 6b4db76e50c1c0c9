import { stringify } from 'csv-stringify/sync';
import { describe, expect, test } from 'vitest';
import { GUARDED_CSV, guardFormulas, unguardFormulas } from './formula-guard.ts';

const HOSTILE = [
	...['=1+1', '+62', '-2+3', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠SUM(A1)'],
	...['\t=1', '\r=2', '\n=3', '  =1+1', '\u00a0=1', '\ufeff=1', '"=1"', '" =1'],
	...['teks;=1+1', 'teks; =1+1', 'teks,=1+1', 'teks\t=1+1', 'teks\n=1+1', 'teks\r\n@SUM(A1)', 'teks;"=1+1"', 'a;＝1'],
	'a;=HYPERLINK("http://contoh.invalid","x");b',
	`x","\n=cmd|' /C calc'!A0`
];

/** Splits a line as Excel does: a quote counts only at the start of a cell. */
function cellsOf(file: string, separator: string): string[] {
	const cells: string[] = [];
	let [cell, quoted] = ['', false];
	for (let at = 0; at < file.length; at++) {
		const sign = file[at] ?? '';
		if (quoted) {
			if (sign !== '"') cell += sign;
			else if (file[at + 1] === '"') cell += file[++at];
			else quoted = false;
		} else if (sign === '"' && cell === '') quoted = true;
		else if (sign === separator || sign === '\n' || sign === '\r') {
			cells.push(cell);
			cell = '';
		} else cell += sign;
	}
	return [...cells, cell];
}

const isFormula = (cell: string) => /^[\s\uFEFF"]*[=+\-@＝＋－＠]/.test(cell);

describe.each([',', ';', '\t'])('a spreadsheet that splits cells at %j', (separator) => {
	test.each([',', ';'])('finds no formula in a file written with %j', (delimiter) => {
		const file = stringify(
			HOSTILE.map((text) => ['SPATULA-7604-26-000123', text, 'akhir']),
			{ ...GUARDED_CSV, delimiter }
		);
		expect(cellsOf(file, separator).filter(isFormula)).toEqual([]);
	});
});

test('numbers and ordinary text stay unchanged', () => {
	const row = [-5, 3.5, 'Kursi, meja; lampu - semuanya', 'surel@contoh.invalid', 'a=b', ''];
	expect(stringify([row], GUARDED_CSV)).toBe('-5,3.5,"Kursi, meja; lampu - semuanya",surel@contoh.invalid,a=b,\n');
});

test('guarded text can be restored', () => {
	for (const text of [...HOSTILE, "Jum'at", "'kutipan'"]) expect(unguardFormulas(guardFormulas(text))).toBe(text);
});
