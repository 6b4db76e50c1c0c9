import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { log } from '#lib/server/log.ts';
import { eachInTransaction } from './each-in-transaction.ts';

const rows = Array.from({ length: 50 }, (_, id) => ({ id }));

let logged: ReturnType<typeof vi.spyOn>;
beforeEach(() => (logged = vi.spyOn(log(), 'error').mockImplementation(() => {})));
afterEach(() => vi.restoreAllMocks());

test('does every row after any number of rows that fail at once, and logs the first of these', async () => {
	const done: number[] = [];
	const work = async (_: unknown, { id }: { id: number }) => {
		if (id < 40) throw new Error(`row ${id}`);
		done.push(id);
	};
	const errors = await eachInTransaction(rows, work, 'no row');
	expect(errors).toHaveLength(40);
	expect(errors[0]).toMatchObject({ message: 'row 0' });
	expect(done).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
	expect(logged).toHaveBeenCalledTimes(20);
	expect(logged).toHaveBeenLastCalledWith({ id: 19, err: errors[19] }, 'no row');
});

test('ends when rows that fail took a minute together, and logs how many are left', async () => {
	let at = 0;
	vi.spyOn(performance, 'now').mockImplementation(() => at);
	const work = async (_: unknown, { id }: { id: number }) => {
		at += 11_000;
		if (id % 2 === 1) throw new Error('no lock');
	};
	// Six failures of eleven seconds each. The six rows between them take their time too, which does not count.
	expect(await eachInTransaction(rows, work, 'no row')).toHaveLength(6);
	expect(logged).toHaveBeenLastCalledWith({ failed: 6, left: 38 }, expect.any(String));
});
