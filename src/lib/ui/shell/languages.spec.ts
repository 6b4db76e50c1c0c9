import { describe, expect, it } from 'vitest';
import { inLanguage } from './languages.ts';

describe('language links', () => {
	it('lead back to the same page with its query, the language replaced', () => {
		const url = new URL('https://spatula.example/mamuju/nilai?officer=7&lang=id');
		expect(inLanguage(url, 'en')).toBe('/mamuju/nilai?officer=7&lang=en');
	});
});
