import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionsIn, notePieces } from './mentions.ts';

const sitti = { username: 'penangan.mamuju', name: 'Sitti Contoh' };

test('finds each username after @ once, in upper or lower case', () => {
	expect(mentionsIn('@Penangan.Mamuju tolong cek, (@penyelia.mamuju) juga. @penangan.mamuju!')).toEqual([
		'penangan.mamuju',
		'penyelia.mamuju'
	]);
});

test('a full stop after a username is not part of it', () => {
	expect(mentionsIn('Tanyakan kepada @penyelia.mamuju.')).toEqual(['penyelia.mamuju']);
});

test('an e-mail address and a single @ are not mentions', () => {
	expect(mentionsIn('Surat ke pst7604@bps.go.id, 3 @ 5.000')).toEqual([]);
});

test('marks only mentions of the given people', () => {
	expect(notePieces('Halo @penangan.mamuju dan @lain.', [sitti])).toEqual([
		{ text: 'Halo ' },
		{ text: '@penangan.mamuju', mentioned: sitti },
		{ text: ' dan @lain.' }
	]);
});

test('the pieces joined together are the note', () => {
	const piece = fc.oneof(fc.string(), fc.constant('@penangan.mamuju'), fc.constant(' @penangan.mamuju '));
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
