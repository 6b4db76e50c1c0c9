import { expect, test } from 'vitest';
import { firstWords } from './first-words.ts';

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
