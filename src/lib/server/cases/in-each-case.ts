import { transaction, type Tx } from '#lib/server/db/index.ts';
import { lockCase, type CaseWithUnit } from './find.ts';

/** Each may wait ten seconds for a lock, and the job must end within its five minutes. */
const MOST_FAILURES = 20;

/**
 * Locks each of these cases and calls `work`, each in its own transaction. Goes on after a case that failed, and ends
 * after `MOST_FAILURES`. For jobs that are safe to repeat.
 * @throws the first failure
 */
export async function inEachCase(
	found: readonly { id: number }[],
	work: (tx: Tx, locked: CaseWithUnit) => Promise<unknown>
): Promise<void> {
	const failed: unknown[] = [];
	for (const { id } of found) {
		if (failed.length >= MOST_FAILURES) break;
		await transaction(async (tx) => work(tx, await lockCase(tx, id))).catch((error: unknown) => failed.push(error));
	}
	if (failed.length > 0) throw failed[0];
}
