import { expect, test } from 'vitest';
import { isIsoInstant } from './iso-instant.ts';

test('accepts only instants as written by `toISOString`, and none that the database would refuse', () => {
	for (const text of ['2026-02-28T00:00:00.000Z', '2028-02-29T23:59:59.999Z', new Date().toISOString()])
		expect(isIsoInstant(text), text).toBe(true);
	for (const text of [
		...['', '2026-02-28', '2026-02-28T00:00:00Z', '2026-02-28T00:00:00.000+08:00', '+002026-02-28T00:00:00.000Z'],
		...['2026-02-29T00:00:00.000Z', '2026-02-30T00:00:00.000Z', '2026-04-31T00:00:00.000Z', '2026-13-01T00:00:00.000Z'],
		...['2026-01-01T24:00:00.000Z', '2026-01-01T23:60:00.000Z', '0000-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z']
	])
		expect(isIsoInstant(text), text).toBe(false);
});
