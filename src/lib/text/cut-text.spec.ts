import { expect, it } from 'vitest';
import { cutText } from './cut-text.ts';

it('keeps a text of the length, and cuts a longer one to it', () => {
	expect(cutText('1234567890', 10)).toBe('1234567890');
	expect(cutText('12345678901', 10)).toBe('12345678 …');
	expect(cutText('1234567\u{1F44D}901', 10)).toBe('1234567 …');
});
