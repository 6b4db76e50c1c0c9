import { expect, it } from 'vitest';
import { afterQuietHours, DEFAULT_QUIET } from './quiet-hours.ts';

const WITA = 'Asia/Makassar';
const local = (text: string) => new Date(`${text}+08:00`);

it.each([
	['2026-11-26T10:00:00', DEFAULT_QUIET, '2026-11-26T10:00:00'],
	['2026-11-26T19:59:59', DEFAULT_QUIET, '2026-11-26T19:59:59'],
	['2026-11-26T20:00:00', DEFAULT_QUIET, '2026-11-27T07:00:00'],
	['2026-12-31T23:59:00', DEFAULT_QUIET, '2027-01-01T07:00:00'],
	['2026-11-27T00:00:00', DEFAULT_QUIET, '2026-11-27T07:00:00'],
	['2026-11-27T06:59:59', DEFAULT_QUIET, '2026-11-27T07:00:00'],
	['2026-11-27T07:00:00', DEFAULT_QUIET, '2026-11-27T07:00:00'],
	['2026-11-27T12:30:00', { begins: '12:00', ends: '13:00' }, '2026-11-27T13:00:00'],
	['2026-11-27T13:00:00', { begins: '12:00', ends: '13:00' }, '2026-11-27T13:00:00'],
	['2026-11-27T11:59:00', { begins: '12:00', ends: '13:00' }, '2026-11-27T11:59:00'],
	['2026-11-27T03:00:00', { begins: '00:00', ends: '00:00' }, '2026-11-27T03:00:00']
] as const)('what comes at %s with quiet hours %o is shown at %s', (at, quiet, shown) => {
	expect(afterQuietHours(local(at), quiet, WITA)).toEqual(local(shown));
});

it('counts in the zone of the office, also on the day on which its clocks change', () => {
	const at = new Date('2026-11-26T12:30:00Z');
	expect(afterQuietHours(at, DEFAULT_QUIET, WITA)).toEqual(new Date('2026-11-26T23:00:00Z'));
	expect(afterQuietHours(at, DEFAULT_QUIET, 'Asia/Jakarta')).toEqual(at);
	const changing = new Date('2026-10-24T22:00:00Z');
	expect(afterQuietHours(changing, DEFAULT_QUIET, 'Europe/Berlin')).toEqual(new Date('2026-10-25T06:00:00Z'));
});
