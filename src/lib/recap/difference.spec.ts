import { expect, test } from 'vitest';
import { differenceOf } from './difference.ts';
import { numberColumn, textColumn, type RecapTable } from './table.ts';

const table = (id: string, received: number): RecapTable => ({
	id,
	title: id,
	columns: [textColumn('Saluran', 3), numberColumn('Masuk')],
	rows: [{ key: 'email', cells: ['E-mail', received] }]
});

test('lists the figures of a section that is gone, but none of one that was added', () => {
	const [flow, channels] = [table('flow', 7), table('channels', 5)];
	const was = { table: 'channels', key: 'email', row: 'E-mail', column: 'Masuk', before: 5 };
	expect(differenceOf([flow, channels], [flow])).toEqual([{ ...was, after: undefined }]);
	expect(differenceOf([flow], [flow, channels])).toEqual([]);
});
