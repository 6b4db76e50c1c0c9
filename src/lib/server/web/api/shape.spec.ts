import { expect, test } from 'vitest';
import { z } from 'zod';
import { escalationList } from './schemas.ts';
import { shaped } from './shape.ts';

const clock = z.object({ name: z.string(), due_at: z.iso.datetime().nullable() });
const schema = z.object({ reference: z.string(), clocks: z.array(clock), data: z.record(z.string(), z.unknown()) });

test('returns only what the schema names, in its order, with its names and with times as ISO text', () => {
	const dueAt = new Date('2026-12-01T02:00:00Z');
	const clocks = [
		{ id: 7, dueAt, name: 'first_reply' },
		{ name: 'answer', due_at: null, warnAt: dueAt }
	];
	const row = { id: 1, data: { firstName: 'x' }, clocks, receiptHash: 'hash', reference: 'A-1' };
	expect(JSON.stringify(shaped(schema, row))).toBe(
		JSON.stringify({
			reference: 'A-1',
			clocks: [
				{ name: 'first_reply', due_at: '2026-12-01T02:00:00.000Z' },
				{ name: 'answer', due_at: null }
			],
			data: { firstName: 'x' }
		})
	);
});

test('takes the first object of a union whose keys are all there', () => {
	const union = z.union([schema, schema.pick({ reference: true })]);
	expect(shaped(union, { reference: 'A-1', clocks: [], data: {} })).toEqual({ reference: 'A-1', clocks: [], data: {} });
	expect(shaped(union, { reference: 'A-1', version: 2 })).toEqual({ reference: 'A-1' });
});

test('fails where the value lacks a key of the schema', () => {
	expect(() => shaped(schema, { reference: 'A-1', clocks: [{ name: 'answer' }], data: {} })).toThrow('name');
	expect(shaped(escalationList, { items: [], nextCursor: null })).toEqual({ items: [], next_cursor: null });
	expect(() => shaped(escalationList, { items: [] })).toThrow('items');
});
