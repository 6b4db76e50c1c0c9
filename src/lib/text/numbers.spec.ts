import { expect, test } from 'vitest';
import { formatNumber, formatShare } from './numbers.ts';

test('numbers are written as the reader writes them', () => {
	expect(formatNumber(4.325, 'id', 2)).toBe('4,33');
	expect(formatNumber(4.3, 'en', 2)).toBe('4.30');
	expect(formatNumber(12345, 'id')).toBe('12.345');
	expect(formatNumber(12345, 'en')).toBe('12,345');
});

test('a share is never rounded to none or all', () => {
	expect(formatShare(0, 'id')).toBe('0%');
	expect(formatShare(0.001, 'id')).toBe('1%');
	expect(formatShare(0.999, 'en')).toBe('99%');
	expect(formatShare(1, 'en')).toBe('100%');
	expect(formatShare(0.425, 'id')).toBe('43%');
});
