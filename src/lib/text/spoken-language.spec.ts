import { expect, test } from 'vitest';
import { spokenLanguage } from './spoken-language.ts';

test('a text is read as Indonesian if its frequent words are', () => {
	expect(spokenLanguage('Kursi di ruang tunggu sudah kami ganti. Terima kasih.')).toBe('id');
	expect(spokenLanguage('Sudah kami perbaiki, fotonya di berkas "The waiting room".')).toBe('id');
	expect(spokenLanguage('We have replaced the chairs in the waiting room. Thank you.')).toBeUndefined();
	// Too short to tell, so the language of the page is as good.
	expect(spokenLanguage('Mamuju')).toBeUndefined();
});
