import { expect, test } from 'vitest';
import { storableText } from './storable-text.ts';

test('removes every character that changes the direction of the text after it', () => {
	const directions = '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069';
	expect(storableText(`Loket ${directions}tutup`)).toBe('Loket tutup');
});

test.each([
	['joiners of an emoji', '👩\u200d👧 🏴\u{e0067}\u{e0062}\u{e007f} ❤\ufe0f'],
	['joiners of Persian and Devanagari', 'می\u200cخواهم क्\u200dष'],
	['marks beside Arabic and Hebrew', 'שלום\u200f! \u061cمرحبا'],
	['word breaks of Khmer and Thai', 'ភាសា\u200bខ្មែរ'],
	['line breaks, and tabs of a table', 'Nama\tLoket\nAni\t1']
])('keeps %s', (_, text) => {
	expect(storableText(text)).toBe(text);
});

test('removes what the database can not store', () => {
	expect(storableText('Loket\0 1\r\ntutup \ud800')).toBe('Loket 1\ntutup \ufffd');
});

test('removes control characters, and reads each kind of line break as one', () => {
	expect(storableText('L\u0001o\bk\u001b[31m\u007fet\u009f')).toBe('Lok[31met');
	expect(storableText('Loket\r1\vtutup\fAni\u0085Budi\u2028Cici\u2029Dodi')).toBe(
		'Loket\n1\ntutup\nAni\nBudi\nCici\nDodi'
	);
});
