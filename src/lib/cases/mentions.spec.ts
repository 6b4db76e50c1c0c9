import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionsIn, notePieces } from './mentions.ts';

const sitti = { username: 'pengelola.mamuju', name: 'Sitti Contoh' };

test('a name after @ is a mention, in any case and each once', () => {
	expect(mentionsIn('@Pengelola.Mamuju tolong cek, (@kepala.mamuju) juga. @pengelola.mamuju!')).toEqual([
		'pengelola.mamuju',
		'kepala.mamuju'
	]);
});

test('the full stop at its end is the sentence’s', () => {
	expect(mentionsIn('Tanyakan kepada @kepala.mamuju.')).toEqual(['kepala.mamuju']);
});

test('an address and a lone sign mention nobody', () => {
	expect(mentionsIn('Surat ke pst7604@bps.go.id, 3 @ 5.000')).toEqual([]);
});

test('only those who were mentioned are shown so', () => {
	expect(notePieces('Halo @pengelola.mamuju dan @lain.', [sitti])).toEqual([
		{ text: 'Halo ' },
		{ text: '@pengelola.mamuju', mentioned: sitti },
		{ text: ' dan @lain.' }
	]);
});

test('no letter of a note is lost or added', () => {
	const piece = fc.oneof(fc.string(), fc.constant('@pengelola.mamuju'), fc.constant(' @pengelola.mamuju '));
	fc.assert(
		fc.property(fc.array(piece), (parts) => {
			const text = parts.join('');
			expect(
				notePieces(text, [sitti])
					.map((one) => one.text)
					.join('')
			).toBe(text);
		})
	);
});
