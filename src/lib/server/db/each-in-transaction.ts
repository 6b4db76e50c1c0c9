import { log } from '#lib/server/log.ts';
import { transaction, type Tx } from './index.ts';

/**
 * How long the failed rows of one call may take together. Each may wait ten seconds for a lock, and a job with three
 * calls must end within its five minutes.
 */
const MAX_FAILED_MS = 60_000;

/** Failed rows that are logged one by one. A fault of ours may meet every row of each sweep. */
const MAX_LOGGED = 20;

/**
 * Calls `work` for each row in a transaction of its own. A row that fails is logged and does not block the rows after it,
 * unless the failed ones took more than `MAX_FAILED_MS` together. Then the rows that are left are not tried. For jobs
 * that find these rows again.
 * @param failed what the log says about a row that failed
 * @returns the errors of the failed rows
 */
export async function eachInTransaction<Row extends { id: string | number }>(
	rows: readonly Row[],
	work: (tx: Tx, row: Row) => Promise<unknown>,
	failed: string
): Promise<unknown[]> {
	const errors: unknown[] = [];
	let failedMs = 0;
	for (const [done, row] of rows.entries()) {
		if (failedMs > MAX_FAILED_MS) {
			log().error({ failed: errors.length, left: rows.length - done }, 'rows are left for the next run');
			break;
		}
		const began = performance.now();
		try {
			await transaction((tx) => work(tx, row));
		} catch (error) {
			failedMs += performance.now() - began;
			errors.push(error);
			if (errors.length <= MAX_LOGGED) log().error({ id: row.id, err: error }, failed);
		}
	}
	return errors;
}
