import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

describe('Retry-After', () => {
	const now = new Date('2026-12-01T02:00:00Z');
	it.each([
		['0', 0],
		['120', 120_000],
		[' 5 ', 5000],
		['Tue, 01 Dec 2026 02:01:00 GMT', 60_000],
		['Tue, 01 Dec 2020 02:01:00 GMT', 0],
		['99999999999', 24 * 3_600_000],
		['Tue, 01 Dec 2099 02:01:00 GMT', 24 * 3_600_000]
	])('%s means a wait of %i ms', (value, wait) => {
		expect(retryAfterMs(value, now)).toBe(wait);
	});

	it.each([
		'',
		'-1',
		'1.5',
		'soon',
		'2026-12-01T02:01:00Z',
		'Tuesday, 01-Dec-26 02:01:00 GMT',
		'Tue, 31 Feb 2026 02:01:00 GMT',
		'Tue, 01 Foo 2026 02:01:00 GMT',
		undefined
	])('%s is invalid', (value) => {
		expect(retryAfterMs(value, now)).toBeUndefined();
	});
});
