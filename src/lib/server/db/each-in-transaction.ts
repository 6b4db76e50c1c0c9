import { log } from '#lib/server/log.ts';
import { transaction, type Tx } from './index.ts';

/** Each may wait ten seconds for a lock, and the job must end within its five minutes. */
const MOST_FAILURES = 20;

/**
 * Calls `work` for each row in a transaction of its own. A row that fails is logged and does not block the rows after it;
 * ends after `MOST_FAILURES`. For sweeps, which find the row again.
 * @param failed what the log says about a row that failed
 */
export async function eachInTransaction<Row extends { id: string }>(
	rows: readonly Row[],
	work: (tx: Tx, row: Row) => Promise<unknown>,
	failed: string
): Promise<void> {
	let failures = 0;
	for (const row of rows) {
		if (failures >= MOST_FAILURES) return;
		try {
			await transaction((tx) => work(tx, row));
		} catch (error) {
			failures += 1;
			log().error({ id: row.id, err: error }, failed);
		}
	}
}
