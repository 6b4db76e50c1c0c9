import type { Move } from '#lib/cases/moves.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { moveCase } from '../move.ts';
import { loadClocks, recomputeClocks, storeClocks, type CaseClocks } from './case-clocks.ts';

/**
 * Makes a move that changes the deadlines of a locked case. `change` changes them in memory; they are stored with the case's
 * new due time. Without it they are only counted again.
 *
 * @param columns further columns of the case
 */
export async function moveWithClocks(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	move: Move,
	columns: Partial<Omit<CaseRow, 'id' | 'version' | 'reference' | 'status' | 'dueAt'>>,
	change?: (clocks: CaseClocks) => void | Promise<void>
): Promise<{ row: CaseRow; clocks: CaseClocks }> {
	const clocks = await loadClocks(tx, { row: before, unit });
	await change?.(clocks);
	const row = await moveCase(tx, before, move, { ...columns, dueAt: recomputeClocks(clocks) });
	await storeClocks(tx, row, clocks);
	return { row, clocks };
}
