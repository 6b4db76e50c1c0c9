import { whyNotForwardable } from '#lib/cases/forwarding.ts';
import type { CaseRow } from '#lib/server/cases/find.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { EscalationRow, Forward } from '../rows.ts';
import { toClosed } from './after-attempt.ts';

/** Why an unsent report is not sent any more: its category is now integrity, or the case is archived. */
function reasonToWithdraw(row: CaseRow): 'integrity' | 'archived' | undefined {
	if (whyNotForwardable(row) === 'integrity') return 'integrity';
	return row.status === 'archived' ? 'archived' : undefined;
}

/**
 * Closes a forward whose report is certainly not at LAPOR, if the report must not be sent any more. After the case is
 * reopened, it can be forwarded again.
 *
 * @returns the closed row; undefined if the report may be sent
 */
export async function withdrawForward(tx: Tx, locked: Forward): Promise<EscalationRow | undefined> {
	const reason = reasonToWithdraw(locked.row);
	return reason && toClosed(tx, locked, 'system', { reason }, { reasonCode: reason, reasonText: null });
}
