import { expect, it } from 'vitest';
import { cutText, firstCharacters } from './cut-text.ts';

it('keeps a text that is as long as allowed, and cuts a longer one', () => {
	expect(cutText('1234567890', 10)).toBe('1234567890');
	expect(cutText('12345678901', 10)).toBe('12345678 …');
	expect(cutText('1234567\u{1F44D}901', 10)).toBe('1234567 …');
});

it('drops an emoji that the cut would split, and nothing else', () => {
	expect(firstCharacters('12\u{1F44D}', 4)).toBe('12\u{1F44D}');
	expect(firstCharacters('12\u{1F44D}', 3)).toBe('12');
	expect(firstCharacters('12\uFFFD4', 3)).toBe('12\uFFFD');
});
