import { expect, it } from 'vitest';
import { cutText, firstCharacters } from './cut-text.ts';

it('keeps a text of the length, and cuts a longer one to it', () => {
	expect(cutText('1234567890', 10)).toBe('1234567890');
	expect(cutText('12345678901', 10)).toBe('12345678 …');
	expect(cutText('1234567\u{1F44D}901', 10)).toBe('1234567 …');
});

it('leaves out an emoji that the end would divide, and only that', () => {
	expect(firstCharacters('12\u{1F44D}', 4)).toBe('12\u{1F44D}');
	expect(firstCharacters('12\u{1F44D}', 3)).toBe('12');
	expect(firstCharacters('12\uFFFD4', 3)).toBe('12\uFFFD');
});
