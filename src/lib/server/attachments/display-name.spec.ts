import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName, NUMBER_IN_NAME, numberedName, senderFileName } from './display-name.ts';

describe('the name of a stored file', () => {
	it('of a citizen is its kind and number only', () => {
		const names = ['image/jpeg', 'image/png', 'application/pdf'].map(numberedName);
		expect(names).toEqual(['Foto 0.jpg', 'Foto 1.png', 'Dokumen 2.pdf']);
		expect(names.map((name) => new RegExp(NUMBER_IN_NAME).exec(name)?.[1])).toEqual(['0', '1', '2']);
	});

	it.each([
		// The office's files keep their name, with the extension of their content.
		['Antrean pagi.webp', 'jpg', 'Antrean pagi.jpg'],
		['Foto 12.30', 'jpg', 'Foto 12.30.jpg'],
		// Folders, hidden characters and leading dots are removed.
		['../../etc/pass\u0000wd.png', 'jpg', 'passwd.jpg'],
		['C:\\Users\\budi\\..foto.jpg', 'jpg', 'foto.jpg'],
		['foto\u202Egpj.\u202Cjpg', 'jpg', 'fotogpj.jpg'],
		// A name of which nothing remains is replaced.
		['', 'jpg', 'foto-2.jpg'],
		['\u202E/.jpg', 'png', 'foto-2.png'],
		['???', 'pdf', 'dokumen-2.pdf']
	])('%j with the content of a %s is shown as %s', (name, extension, shown) => {
		expect(displayName(name, extension, 2)).toBe(shown);
	});

	it('is short and has no control characters for any input', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (input) => {
				const name = displayName(input, 'jpg', 1);
				expect([...name].length).toBeLessThanOrEqual(80);
				expect(name).not.toMatch(/[\p{C}/\\:"<>|?*]/u);
				expect(name).toMatch(/^[^.].*\.jpg$/u);
				expect(senderFileName(input, 1)).not.toBe('');
			})
		);
	});
});
