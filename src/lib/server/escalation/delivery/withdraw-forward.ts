import { whyNotForwardable } from '#lib/cases/forwarding.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { EscalationRow, FoundForward } from '../rows.ts';
import { raiseTask } from '../tasks.ts';
import { toClosed } from './after-attempt.ts';

/** Why an unsent report is not sent any more. */
function reasonToWithdraw({
	row,
	textCorrected
}: FoundForward): 'integrity' | 'archived' | 'text_corrected' | undefined {
	if (whyNotForwardable(row) === 'integrity') return 'integrity';
	if (row.status === 'archived') return 'archived';
	return textCorrected ? 'text_corrected' : undefined;
}

/**
 * Closes a forward whose report is certainly not at LAPOR, if the report must not be sent any more: its category is now
 * integrity, its case is archived, or its text was corrected. A corrected text is a task, because a person must confirm it
 * and send it again. After an archived case is reopened, it can be forwarded again.
 *
 * @returns the closed row; undefined if the report may be sent
 */
export async function withdrawForward(tx: Tx, locked: FoundForward): Promise<EscalationRow | undefined> {
	const reason = reasonToWithdraw(locked);
	if (!reason) return undefined;
	const escalation = await toClosed(tx, locked, 'system', { reason }, { reasonCode: reason, reasonText: null });
	return reason === 'text_corrected' ? raiseTask(tx, { ...locked, escalation }, reason) : escalation;
}
