import { expect, test } from 'vitest';
import { atTime } from '#lib/dev/testing/office.ts';
import { officeHours } from './office-hours.ts';

const hours = {
	start: '08:00',
	end: '16:00',
	weekdays: { 5: { start: '08:00', end: '16:30' } },
	periods: [{ name: 'Ramadan', from: '2026-03-02', to: '2026-03-13', start: '08:00', end: '15:00' }]
};
/** Half past three in the afternoon in Mamuju is half past seven in UTC. */
const shown = async (utc: string, timeZone = 'Asia/Makassar') => {
	const { until, next } = await atTime(utc, () => officeHours({ hours, timeZone }));
	return until ?? (next && `${next.inDays === 0 ? 'today' : next.day} ${next.start}`);
};

test('an office is open in its hours of working days in its own time zone', async () => {
	// Monday 9 November 2026.
	expect(await shown('2026-11-08T23:59:00Z')).toBe('today 08:00');
	expect(await shown('2026-11-09T00:00:00Z')).toBe('16:00');
	expect(await shown('2026-11-09T07:59:00Z')).toBe('16:00');
	expect(await shown('2026-11-09T08:00:00Z')).toBe('2026-11-10 08:00');
	expect(await shown('2026-11-09T08:30:00Z', 'Asia/Jakarta')).toBe('16:00');
	// Friday has its own hours, and on Friday evening the office opens on Monday.
	expect(await shown('2026-11-13T08:15:00Z')).toBe('16:30');
	expect(await shown('2026-11-13T09:00:00Z')).toBe('2026-11-16 08:00');
	// Independence Day is a Monday.
	expect(await shown('2026-08-17T03:00:00Z')).toBe('2026-08-18 08:00');
});

test('the hours of a period are shown from the last closing before it until its own last closing', async () => {
	// From a Thursday to a Monday.
	const period = { name: 'Ramadan', from: '2026-03-05', to: '2026-03-09', start: '08:00', end: '15:00' };
	const week = async (utc: string) => {
		const office = { hours: { ...hours, periods: [period] }, timeZone: 'Asia/Makassar' };
		const { usual, friday } = await atTime(utc, () => officeHours(office));
		return [usual.end, friday?.end];
	};
	expect(await week('2026-11-09T01:00:00Z')).toEqual(['16:00', '16:30']);
	expect(await week('2026-03-04T01:00:00Z')).toEqual(['16:00', '16:30']);
	for (const inForce of [
		'2026-03-04T09:00:00Z',
		'2026-03-05T01:00:00Z',
		'2026-03-08T01:00:00Z',
		'2026-03-09T01:00:00Z'
	])
		expect(await week(inForce)).toEqual(['15:00', undefined]);
	expect(await week('2026-03-09T08:00:00Z')).toEqual(['16:00', '16:30']);
});
