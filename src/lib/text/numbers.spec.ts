import { expect, test } from 'vitest';
import { fileSize, formatDecimals, formatDuration, formatMedian, formatNumber, formatShare } from './numbers.ts';

test('numbers are formatted in the reader’s language', () => {
	expect(formatDecimals(4.325, 2, 'id')).toBe('4,33');
	expect(formatDecimals(4.3, 2, 'en')).toBe('4.30');
	expect(formatMedian(3, 'id')).toBe('3');
	expect(formatMedian(2.5, 'id')).toBe('2,5');
	expect(formatNumber(12345, 'id')).toBe('12.345');
	expect(formatNumber(12345, 'en')).toBe('12,345');
});

test('a length of time has the singular in English', () => {
	const units = ['minute', 'hour', 'day', 'month', 'year'] as const;
	expect(units.map((unit) => formatDuration(1, unit, 'en'))).toEqual([
		'1 minute',
		'1 hour',
		'1 day',
		'1 month',
		'1 year'
	]);
	expect(units.map((unit) => formatDuration(2, unit, 'en')).join()).toBe('2 minutes,2 hours,2 days,2 months,2 years');
	expect(units.map((unit) => formatDuration(1, unit, 'id')).join()).toBe('1 menit,1 jam,1 hari,1 bulan,1 tahun');
	expect(formatDuration(2.5, 'day', 'id')).toBe('2,5 hari');
	expect(formatDuration(2.5, 'day', 'en')).toBe('2.5 days');
});

test('a share is never rounded to 0 % or 100 %', () => {
	expect(formatShare(0, 'id')).toBe('0%');
	expect(formatShare(0.001, 'id')).toBe('1%');
	expect(formatShare(0.999, 'en')).toBe('99%');
	expect(formatShare(1, 'en')).toBe('100%');
	expect(formatShare(0.425, 'id')).toBe('43%');
});

test('sizes use steps of a thousand and the reader’s number format', () => {
	expect(fileSize(0, 'id')).toBe('0 B');
	expect(fileSize(999, 'id')).toBe('999 B');
	expect(fileSize(999_999, 'id')).toBe('1 MB');
	expect(fileSize(12_540_000, 'id')).toBe('12,5 MB');
	expect(fileSize(12_540_000, 'en')).toBe('12.5 MB');
	expect(fileSize(3_000_000_000_000_000, 'en')).toBe('3,000 TB');
});
