import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName, givenName, numberedName } from './display-name.ts';

describe('the name of a kept file', () => {
	it('of a citizen says what it is and its number alone', () => {
		const names = ['image/jpeg', 'image/png', 'application/pdf'].map(numberedName);
		expect(names).toEqual(['Foto 0.jpg', 'Foto 1.png', 'Dokumen 2.pdf']);
	});

	it.each([
		// Of the office: what it was called, with the extension of its content.
		['Antrean pagi.webp', 'jpg', 'Antrean pagi.jpg'],
		['Foto 12.30', 'jpg', 'Foto 12.30.jpg'],
		// Without folders, hidden characters or leading dots.
		['../../etc/pass\u0000wd.png', 'jpg', 'passwd.jpg'],
		['C:\\Users\\budi\\..foto.jpg', 'jpg', 'foto.jpg'],
		['foto\u202Egpj.\u202Cjpg', 'jpg', 'fotogpj.jpg'],
		// Neutral where nothing is left.
		['', 'jpg', 'foto-2.jpg'],
		['\u202E/.jpg', 'png', 'foto-2.png'],
		['???', 'pdf', 'dokumen-2.pdf']
	])('%j with the content of a %s is shown as %s', (given, extension, shown) => {
		expect(displayName(given, extension, 2)).toBe(shown);
	});

	it('is short and harmless whatever comes in', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (given) => {
				const name = displayName(given, 'jpg', 1);
				expect([...name].length).toBeLessThanOrEqual(80);
				expect(name).not.toMatch(/[\p{C}/\\:"<>|?*]/u);
				expect(name).toMatch(/^[^.].*\.jpg$/u);
				expect(givenName(given, 1)).not.toBe('');
			})
		);
	});
});
