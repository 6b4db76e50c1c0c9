import { expect, test } from 'vitest';
import { unrecordedAddress } from './queue.ts';

test('the address of a list names its view, so that the end of one list never shows the other', () => {
	expect(unrecordedAddress({ view: 'duty' })).toBe('/desk/unrecorded?view=duty');
	expect(unrecordedAddress({ view: 'choice', unit: '1203' }, 'a~1')).toBe(
		'/desk/unrecorded?view=choice&unit=1203&cursor=a%7E1'
	);
});
