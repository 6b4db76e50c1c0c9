import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { serviceWord } from '#lib/words/office.ts';
import { DEMO_SERVICES } from './offices.ts';

test.each(DEMO_SERVICES)('the demo has the same names for $kind as the pages', ({ kind, name, nameEn }) => {
	expect(name).toBe(serviceWord(kind));
	expect(nameEn).toBe(m[`service_${kind}`]({}, { locale: 'en' }));
});
