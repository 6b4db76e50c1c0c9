import { expect, test, vi } from 'vitest';
import { withClock } from './clock.ts';
import { seal, unseal } from './keys.ts';

// Required setting.
vi.stubEnv('APP_KEY', 'a key for tests, thirty-two characters or more');

const at = (second: number) => () => new Date(Date.UTC(2026, 0, 5, 2, 0, second));
const sealed = () => withClock(at(0), () => seal({ code: 'LKETSA' }, 'tempat', 30));
const opened = (text: string | undefined, second = 1, audience = 'tempat') =>
	withClock(at(second), () => unseal(text, audience));

test('a sealed value is read for the same audience until it expires, and its text is not readable', () => {
	const text = sealed();
	expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('LKETSA');
	expect(opened(text)).toEqual({ code: 'LKETSA' });
	expect(opened(text, 29)).toEqual({ code: 'LKETSA' });
	expect(opened(text, 30)).toBeUndefined();
	expect(opened(text, 1, 'kiosk')).toBeUndefined();
});

test('the same value is sealed differently each time', () => {
	expect(sealed()).not.toBe(sealed());
});

test('a changed, shortened, empty or foreign text is not read', () => {
	const bytes = Buffer.from(sealed(), 'base64url');
	for (let index = 0; index < bytes.length; index++) {
		const changed = Buffer.from(bytes);
		changed[index] = (changed[index] ?? 0) ^ 1;
		expect(opened(changed.toString('base64url'))).toBeUndefined();
		expect(opened(bytes.subarray(0, index).toString('base64url'))).toBeUndefined();
	}
	for (const text of [undefined, '', 'a', 'not a sealed text', 'x'.repeat(5000)]) expect(opened(text)).toBeUndefined();
});
