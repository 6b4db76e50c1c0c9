import { expect, test } from 'vitest';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import { listCount } from './count-words.ts';

test('counts have the number format of the reader, also above the limit', () => {
	overwriteGetLocale(() => 'id');
	expect([12, 1000, 1001].map(listCount)).toEqual(['12', '1.000', '1.000+']);
	overwriteGetLocale(() => 'en');
	expect([12, 1000, 1001].map(listCount)).toEqual(['12', '1,000', '1,000+']);
});
