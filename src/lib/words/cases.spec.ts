import { expect, test } from 'vitest';
import { fileWord, wordNamed } from './cases.ts';
import { signOnWords } from './single-sign-on.ts';

test('a name from an address that every object knows has no text', () => {
	const words = { filed: () => 'Tersimpan' };
	expect(wordNamed(words, 'filed')).toBe('Tersimpan');
	for (const name of ['__proto__', 'constructor', 'hasOwnProperty', '', null])
		expect([wordNamed(words, name), signOnWords(name, 'Akun BPS')], String(name)).toEqual([undefined, undefined]);
});

test('a citizen’s file is named in the reader’s language, and a file of the office as the office named it', () => {
	const named = ['Foto 1.jpg', 'Dokumen 12.pdf', 'Foto loket 2.jpg'].map((name) => fileWord(name, 'en'));
	expect(named).toEqual(['Photo 1.jpg', 'Document 12.pdf', 'Foto loket 2.jpg']);
	expect(fileWord('Foto 1.jpg', 'id')).toBe('Foto 1.jpg');
});
