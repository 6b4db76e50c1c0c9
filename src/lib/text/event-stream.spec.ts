import { expect, test } from 'vitest';
import { blockReader, writeBlock } from './event-stream.ts';

test('blocks come out as they went in, however the line cuts them', () => {
	const blocks = [{ id: '17', data: '{"kind":"refresh"}' }, { id: '18' }, { data: '{"a":"ä\\n"}' }];
	const text = `: begun\n\n${blocks.map(writeBlock).join('')}`;
	for (const size of [1, 2, 3, 7, text.length]) {
		const read = blockReader();
		const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
		expect(pieces.flatMap(read)).toEqual(blocks);
	}
});

test('half a block waits for its other half, and a comment is nothing', () => {
	const read = blockReader();
	expect(read(': alive\n\nid: 1\nda')).toEqual([]);
	expect(read('ta: {}\n\n')).toEqual([{ id: '1', data: '{}' }]);
});
