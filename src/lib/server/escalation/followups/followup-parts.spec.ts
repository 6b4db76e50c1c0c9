import { describe, expect, it } from 'vitest';
import { followupParts } from './followups.ts';

describe('the parts of a follow-up', () => {
	it('keeps a short text whole and returns no part for an empty text', () => {
		expect(followupParts('  Terima kasih.  ')).toEqual(['Terima kasih.']);
		expect(followupParts('   ')).toEqual([]);
	});

	it('cuts a long text at paragraphs, numbers the parts, and loses no word', () => {
		const paragraph = (n: number) => `Alinea ${n}. ${'kata '.repeat(110)}`.trim();
		const text = [1, 2, 3, 4].map(paragraph).join('\n\n');
		const parts = followupParts(text);
		expect(parts[0]).toMatch(/^\(1\/4\) Alinea 1\./);
		expect(parts.every((part) => part.length <= 1000)).toBe(true);
		const words = parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join(' ');
		expect(words.split(/\s+/)).toEqual(text.split(/\s+/));
	});

	it('cuts a text without spaces, but never inside a character', () => {
		const parts = followupParts('😀'.repeat(1200));
		expect(parts.every((part) => part.length <= 1000 && part.isWellFormed())).toBe(true);
		expect(parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join('')).toBe('😀'.repeat(1200));
	});
});
