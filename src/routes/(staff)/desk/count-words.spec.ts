import { expect, test } from 'vitest';
import { inLocale } from '#lib/server/in-locale.ts';
import { listCount } from './count-words.ts';

test.each([
	['id', ['12', '1.000', '1.000+']],
	['en', ['12', '1,000', '1,000+']]
] as const)('counts have the number format of the reader, also above the limit: %s', (locale, expected) => {
	expect(inLocale(locale, () => [12, 1000, 1001].map(listCount))).toEqual(expected);
});
