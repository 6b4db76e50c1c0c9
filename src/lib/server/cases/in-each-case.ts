import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { lockCase, type CaseWithUnit } from './find.ts';

/**
 * Locks each of these cases and calls `work`, as `eachInTransaction`. For jobs that the queue repeats after a failure.
 * @throws the first failure, after the other cases
 */
export async function inEachCase(
	found: readonly { id: number }[],
	work: (tx: Tx, locked: CaseWithUnit) => Promise<unknown>
): Promise<void> {
	const change = async (tx: Tx, { id }: { id: number }) => work(tx, await lockCase(tx, id));
	const errors = await eachInTransaction(found, change, 'a case was not changed');
	if (errors.length > 0) throw errors[0];
}
