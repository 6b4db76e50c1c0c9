import type { Move } from '#lib/cases/moves.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { moveCase } from '../move.ts';
import { loadClocks, type CaseClocks } from './case-clocks.ts';

/**
 * Moves a locked case to its next status, and stores its changed deadlines with its new due time.
 *
 * @param columns further columns of the case to set
 * @param change changes the deadlines in memory; without it they are only recomputed
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
	const row = await moveCase(tx, before, move, columns, clocks);
	return { row, clocks };
}
