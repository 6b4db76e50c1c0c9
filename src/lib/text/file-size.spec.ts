import { expect, test } from 'vitest';
import { fileSize } from './file-size.ts';

test('sizes are written in steps of a thousand, in the reader’s numbers', () => {
	expect(fileSize(0, 'id')).toBe('0 B');
	expect(fileSize(999, 'id')).toBe('999 B');
	expect(fileSize(12_540_000, 'id')).toBe('12,5 MB');
	expect(fileSize(12_540_000, 'en')).toBe('12.5 MB');
	expect(fileSize(3_000_000_000_000_000, 'en')).toBe('3,000 TB');
});
