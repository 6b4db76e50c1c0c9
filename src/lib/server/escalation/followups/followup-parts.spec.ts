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

	it.each([
		['a list', 'Butir yang pendek.\n'.repeat(52)],
		['a list of two parts', 'Butir yang pendek.\r\n'.repeat(80)],
		['a column of letters', 'x\n'.repeat(900)],
		['a break at the limit', `${'x'.repeat(991)}\n${'y'.repeat(991)}`]
	])('counts a line break as two characters, as it is sent: %s', (_name, text) => {
		const parts = followupParts(text);
		for (const part of parts) expect(part.replaceAll('\n', '\r\n').length).toBeLessThanOrEqual(1000);
		const lines = parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join('\n');
		expect(lines.split('\n')).toEqual(text.trim().split(/\r?\n/));
	});

	it('cuts a text without spaces, but never inside a character', () => {
		const parts = followupParts('😀'.repeat(1200));
		expect(parts.every((part) => part.length <= 1000 && part.isWellFormed())).toBe(true);
		expect(parts.map((part) => part.replace(/^\(\d+\/\d+\) /, '')).join('')).toBe('😀'.repeat(1200));
	});
});
