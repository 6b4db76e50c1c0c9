import { expect, test } from 'vitest';
import { excerptOf, firstWords, marked, wordsIn } from './marked.ts';

const hit = (word: string) => word.startsWith('lambat');

test('words are marked whole, whatever stands around them, and nothing of the text is lost', () => {
	const text = 'Lambat sekali, <b>lambatnya</b>!';
	const pieces = marked(text, hit);
	expect(pieces.filter((piece) => piece.hit).map((piece) => piece.text)).toEqual(['Lambat', 'lambatnya']);
	expect(pieces.map((piece) => piece.text).join('')).toBe(text);
});

test('an excerpt stands around the first marked word and says where something was left out', () => {
	const text = `${'Kami menunggu lama. '.repeat(20)}Petugas lambat melayani. ${'Sudah. '.repeat(60)}`;
	const words = excerptOf(text, hit, 160)?.map((piece) => piece.text);
	expect(words).toContain('lambat');
	expect(words?.[0]).toMatch(/^… /);
	expect(words?.at(-1)).toMatch(/ …$/);
	expect(words?.join('').length).toBeLessThan(240);
	expect(excerptOf('Petugas lambat.', hit, 160)?.map((piece) => piece.text)).toEqual(['Petugas ', 'lambat', '.']);
	expect(excerptOf('Tidak ada.', hit, 160)).toBeUndefined();
});

test('a word longer than the excerpt ends it', () => {
	const word = `lambat${'x'.repeat(500)}`;
	expect(excerptOf(`Sangat ${word} benar`, hit, 100)?.find((piece) => piece.hit)?.text).toBe(word);
});

test('different words are counted once, in small letters', () => {
	expect(wordsIn('Ibu, ibu dan IBU 12')).toEqual(['ibu', 'dan', '12']);
});

test('a short text stands whole, in one line', () => {
	expect(firstWords('  Antrean\n\nlama sekali. ', 40)).toBe('Antrean lama sekali.');
});

test('a long one is cut between words', () => {
	expect(firstWords('Saya menunggu satu jam, lalu pulang.', 24)).toBe('Saya menunggu satu jam …');
});

test('a word without end is cut inside, and never inside a letter', () => {
	expect(firstWords('a'.repeat(50), 10)).toBe(`${'a'.repeat(10)} …`);
	expect(firstWords('😀'.repeat(50), 3)).toBe('😀😀😀 …');
});
