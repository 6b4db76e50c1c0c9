import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayName, givenName, numberedName } from './display-name.ts';

describe('the name of a kept file', () => {
	it('of a citizen says what it is and its number alone', () => {
		expect(['image/jpeg', 'image/png', 'application/pdf'].map(numberedName)).toEqual([
			'Foto 0.jpg',
			'Foto 1.png',
			'Dokumen 2.pdf'
		]);
	});

	it('of the office is what it was called, with the extension of its content', () => {
		expect(displayName('Antrean pagi.webp', 'jpg', 1)).toBe('Antrean pagi.jpg');
		expect(displayName('Foto 12.30', 'jpg', 1)).toBe('Foto 12.30.jpg');
	});

	it('has no folders, hidden characters or leading dots', () => {
		expect(displayName('../../etc/pass\u0000wd.png', 'jpg', 1)).toBe('passwd.jpg');
		expect(displayName('C:\\Users\\budi\\..foto.jpg', 'jpg', 1)).toBe('foto.jpg');
		expect(displayName('foto\u202Egpj.\u202Cjpg', 'jpg', 1)).toBe('fotogpj.jpg');
	});

	it('is neutral where nothing is left', () => {
		expect(displayName('', 'jpg', 2)).toBe('foto-2.jpg');
		expect(displayName('\u202E/.jpg', 'png', 3)).toBe('foto-3.png');
		expect(displayName('???', 'pdf', 1)).toBe('dokumen-1.pdf');
		expect(givenName('\u200b', 4)).toBe('file-4');
	});

	it('is short and harmless whatever comes in', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: 'binary', maxLength: 200 }),
				fc.constantFrom('jpg', 'png', 'pdf'),
				(given, extension) => {
					const name = displayName(given, extension, 1);
					expect([...name].length).toBeLessThanOrEqual(80);
					expect(name).not.toMatch(/[\p{C}/\\:"<>|?*]/u);
					expect(name).toMatch(new RegExp(`^[^.].*\\.${extension}$`, 'u'));
				}
			)
		);
	});
});
