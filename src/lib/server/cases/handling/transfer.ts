import { allows } from '#lib/cases/moves.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { withdrawDraft } from '../answers/draft.ts';
import { loadClocks, recomputeClocks, storeClocks } from '../clocks/case-clocks.ts';
import { settleClocks } from '../clocks/deadlines.ts';
import { lockCase, type CaseRow } from '../find.ts';
import { holdLinked } from '../linking/linked-answer.ts';
import { moveCase } from '../move.ts';
import { recordEvent } from '../timeline.ts';

/**
 * Transfers a case to another agency after LAPOR registered it there. The case becomes answered ("Dilimpahkan ke …")
 * and its deadlines are met. Its LAPOR status is still tracked. A case that was settled in the meantime does not
 * change.
 */
export async function transferCase(tx: Tx, caseId: number, institution: string, laporId: string): Promise<CaseRow> {
	const { row: before, unit } = await lockCase(tx, caseId);
	if (!allows('transfer', before.status)) return before;
	const at = now();
	const clocks = await loadClocks(tx, { row: before, unit });
	const met = ['verification', 'first_reply', 'response_by_law', 'solution', 'decision_by_law'] as const;
	settleClocks(clocks, { met, stopped: ['reporter_turn'] }, at);
	const changes = { answeredAt: at, transferredTo: institution, dueAt: recomputeClocks(clocks) };
	const row = await moveCase(tx, before, 'transfer', changes);
	await storeClocks(tx, row, clocks);
	await withdrawDraft(tx, row.id);
	const data = { transferred_to: institution, lapor_id: laporId };
	await recordEvent(tx, row, { type: 'answered', author: 'lapor', public: true, data });
	await holdLinked(tx, row, 'transferred');
	return row;
}
