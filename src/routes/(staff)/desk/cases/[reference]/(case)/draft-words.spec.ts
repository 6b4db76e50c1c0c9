import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { whoDecides } from './draft-words.ts';

const passesUp = new Date('2026-11-27T08:00:00Z');
const words = (deciders: string[], widensAt: Date | null = passesUp) =>
	inLocale('en', () => whoDecides({ deciders, widensAt }, 'Asia/Makassar'));

test('a draft shows who decides it, or from when a single signature may suffice', () => {
	expect(words(['Contoh Penyelia'])).toMatch(/^To be decided by Contoh Penyelia\. From .*27 November 2026.* 16/);
	expect(words(['Contoh Penyelia'], null)).toBe('To be decided by Contoh Penyelia.');
	expect(words([])).toMatch(/one signature, on .*27 November 2026.* 16.* at the earliest/);
});
