import { expect, test } from 'vitest';
import { excerptOf, firstWords, marked, wordsIn } from './marked.ts';

const hit = (word: string) => word.startsWith('lambat');

test('marks whole words regardless of punctuation, and keeps the whole text', () => {
	const text = 'Lambat sekali, <b>lambatnya</b>!';
	const pieces = marked(text, hit);
	expect(pieces.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(['Lambat', 'lambatnya']);
	expect(pieces.map((piece) => piece.text).join('')).toBe(text);
});

test('an excerpt contains the first marked word and shows where text was omitted', () => {
	const text = `${'Kami menunggu lama. '.repeat(20)}Petugas lambat melayani. ${'Sudah. '.repeat(60)}`;
	const words = excerptOf(text, hit, 160)?.map((piece) => piece.text);
	expect(words).toContain('lambat');
	expect(words?.[0]).toMatch(/^… /);
	expect(words?.at(-1)).toMatch(/ …$/);
	expect(words?.join('').length).toBeLessThan(240);
	expect(excerptOf('Petugas lambat.', hit, 160)?.map((piece) => piece.text)).toEqual(['Petugas ', 'lambat', '.']);
	expect(excerptOf('Tidak ada.', hit, 160)).toBeUndefined();
});

test('an excerpt contains a marked word that is longer than the excerpt', () => {
	const word = `lambat${'x'.repeat(500)}`;
	expect(excerptOf(`Sangat ${word} benar`, hit, 100)?.find((piece) => piece.hit)?.text).toBe(word);
});

test('an excerpt contains a marked word of a long address', () => {
	const text = `Lihat https://contoh.go.id/${'a'.repeat(80)}/lambat dan lampiran berikut`;
	expect(excerptOf(text, hit, 100)?.find((piece) => piece.hit)?.text).toBe('lambat');
});

test('different words are listed once, in lower case', () => {
	expect(wordsIn('Ibu, ibu dan IBU 12')).toEqual(['ibu', 'dan', '12']);
});

test('a short text is returned whole, on one line', () => {
	expect(firstWords('  Antrean\n\nlama sekali. ', 40)).toBe('Antrean lama sekali.');
});

test('a long text is cut between words', () => {
	expect(firstWords('Saya menunggu satu jam, lalu pulang.', 24)).toBe('Saya menunggu satu jam …');
});

test('a very long word is cut, but never inside a character', () => {
	expect(firstWords('a'.repeat(50), 10)).toBe(`${'a'.repeat(10)} …`);
	expect(firstWords('😀'.repeat(50), 3)).toBe('😀😀😀 …');
});
