import { expect, test } from 'vitest';
import { eventReader } from './event-stream.ts';

test.each([1, 2, 3, 7, 100])('reads events that arrive in pieces of %i characters, and skips comments', (size) => {
	const text = ': begun\n\ndata: {"kind":"refresh"}\n\n: alive\n\ndata: {"a":"ä\\n"}\n\n';
	const read = eventReader();
	const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
	expect(pieces.flatMap(read)).toEqual(['{"kind":"refresh"}', '{"a":"ä\\n"}']);
});
