import { expect, test } from 'vitest';
import { wordNamed } from './cases.ts';
import { signOnWords } from './single-sign-on.ts';

test('a name from an address that every object knows has no text', () => {
	const words = { filed: () => 'Tersimpan' };
	expect(wordNamed(words, 'filed')).toBe('Tersimpan');
	for (const name of ['__proto__', 'constructor', 'hasOwnProperty', '', null])
		expect([wordNamed(words, name), signOnWords(name, 'Akun BPS')], String(name)).toEqual([undefined, undefined]);
});
