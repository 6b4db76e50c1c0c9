import { describe, expect, it } from 'vitest';
import { inLanguage } from './languages.ts';

describe('language links', () => {
	it('lead to the same page and query with the language replaced', () => {
		const url = new URL('https://spatula.example/mamuju/nilai?officer=7&lang=id');
		expect(inLanguage(url, 'en')).toBe('/mamuju/nilai?officer=7&lang=en');
	});
});
