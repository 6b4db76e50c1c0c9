import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { whoDecides } from './draft-words.ts';

const passesUpAt = new Date('2026-11-27T08:00:00Z');
const words = (deciders: string[]) => inLocale('en', () => whoDecides({ deciders, passesUpAt }, 'Asia/Makassar'));

test('a draft shows who decides it, or from when a single signature may suffice', () => {
	expect(words(['Contoh Penyelia'])).toMatch(/^To be decided by Contoh Penyelia\. From .*27 November 2026.* 16/);
	expect(words([])).toMatch(/one signature, on .*27 November 2026.* 16.* at the earliest/);
});
