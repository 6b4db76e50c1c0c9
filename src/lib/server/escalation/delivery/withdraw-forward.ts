import { and, eq } from 'drizzle-orm';
import { whyNotForwardable } from '#lib/cases/forwarding.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { changeEscalation, TEXT_OUTDATED, type EscalationRow, type FoundForward } from '../rows.ts';
import { raiseTask } from '../tasks.ts';
import { toClosed } from './after-attempt.ts';

/** Why an unsent report is not sent any more. */
function reasonToWithdraw(found: FoundForward): 'integrity' | 'archived' | 'text_corrected' | undefined {
	if (whyNotForwardable(found.row) === 'integrity') return 'integrity';
	if (found.row.status === 'archived') return 'archived';
	return found.textCorrected ? 'text_corrected' : undefined;
}

/**
 * Keeps a waiting forward of manual mode open if its text was corrected, because a person may have copied the former text
 * already. Such a person records the number here. Otherwise a person sends the new text again, which closes the forward.
 *
 * @returns whether the forward is kept open
 */
async function keepCopiedForward(tx: Tx, locked: FoundForward): Promise<boolean> {
	const { escalation } = locked;
	if (escalation.mode !== 'manual' || reasonToWithdraw(locked) !== 'text_corrected') return false;
	if (escalation.reasonCode !== TEXT_OUTDATED)
		locked.escalation = await changeEscalation(tx, escalation, { reasonCode: TEXT_OUTDATED, reasonText: null });
	return true;
}

/**
 * Closes a forward whose report must not be sent any more: its category is now integrity, its case is archived, or its text
 * was corrected. After a corrected text, a task asks a person to confirm the new text and send it again. After an archived
 * case is reopened, it can be forwarded again. LAPOR must not have the report, as far as the site knows.
 *
 * @returns the closed row; undefined if the report may be sent
 */
export async function withdrawForward(tx: Tx, locked: FoundForward): Promise<EscalationRow | undefined> {
	const reason = reasonToWithdraw(locked);
	if (!reason) return undefined;
	const escalation = await toClosed(tx, locked, 'system', { reason }, { reasonCode: reason, reasonText: null });
	return reason === 'text_corrected' ? raiseTask(tx, { ...locked, escalation }, reason) : escalation;
}

/**
 * Takes the unsent report of a case back if it must not be sent (see `withdrawForward`), except one that a person may have
 * copied before its text was corrected. Of an integrity case, which is never forwarded, it also deletes the waiting
 * follow-ups. Those of an archived case wait for the next forward, and are still sent if LAPOR has the report.
 *
 * @returns whether nothing of this forward may be sent
 */
export async function withdrawUnsent(tx: Tx, locked: FoundForward): Promise<boolean> {
	const { id } = locked.escalation;
	const isIntegrity = whyNotForwardable(locked.row) === 'integrity';
	if (isIntegrity) {
		const { escalationId, state: followupState } = escalationFollowups;
		await tx.delete(escalationFollowups).where(and(eq(escalationId, id), eq(followupState, 'waiting')));
	}
	if (!isUnsent(locked.escalation) || (await keepCopiedForward(tx, locked))) return isIntegrity;
	return (await withdrawForward(tx, locked)) !== undefined || isIntegrity;
}

/**
 * Whether no worker is sending the report, and the site has not sent it. In manual mode a person may have copied it to LAPOR
 * without having recorded its number yet.
 */
export const isUnsent = ({ state }: EscalationRow): boolean => state === 'waiting' || state === 'stuck';
