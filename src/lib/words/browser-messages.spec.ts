import { expect, test } from 'vitest';
import { m } from '#lib/paraglide/messages.js';
import { locales } from '#lib/paraglide/runtime.js';
import { app_name } from '../paraglide/browser/messages/app_name.js';
import { common_destroyed } from '../paraglide/browser/messages/common_destroyed.js';

test.each(locales)('browsers and the server have the same messages (%s)', (locale) => {
	const inputs = { number: '5/2026', date: '1/1/2026' };
	expect(common_destroyed(inputs, { locale })).toBe(m.common_destroyed(inputs, { locale }));
	expect(app_name({}, { locale })).toBe(m.app_name({}, { locale }));
});
