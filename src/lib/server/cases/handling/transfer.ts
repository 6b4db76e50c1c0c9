import { allows, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { withdrawDraft } from '../answers/draft.ts';
import { clockNamed, resumeClock } from '../clocks/case-clocks.ts';
import { restartClocks, settleClocks } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { lockCase, type CaseRow, type CaseWithUnit } from '../find.ts';
import { recordUnansweredLinked } from '../linking/linked-answer.ts';
import { moveTarget } from '../move.ts';
import { proposeOfficersAgain } from '../officers/find-names.ts';
import { recordEvent, type Author } from '../timeline.ts';
import { recordReopening } from '../triage/route.ts';

/**
 * Transfers a case to another agency after LAPOR registered it there. The case becomes answered ("Dilimpahkan ke …")
 * and its deadlines are met. Its LAPOR status is still tracked. A case that the office settled in the meantime does not
 * change. A case that another agency already has is transferred to this one.
 *
 * @param author who reported the number: LAPOR, or the person who entered it
 */
export async function transferCase(
	tx: Tx,
	caseId: number,
	institution: string,
	laporId: string,
	author: Author = 'lapor'
): Promise<CaseRow> {
	const { row: before, unit } = await lockCase(tx, caseId);
	const settledHere = !OPEN_STATUSES.includes(before.status) && before.transferredTo === null;
	if (settledHere || !allows('transfer', before.status)) return before;
	const at = now();
	const met = ['verification', 'first_reply', 'response_by_law', 'solution', 'decision_by_law'] as const;
	const columns = { answeredAt: before.answeredAt ?? at, closedAt: null, transferredTo: institution };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'transfer', columns, (clocks) =>
		settleClocks(clocks, { met, stopped: ['reporter_turn'] }, at)
	);
	await withdrawDraft(tx, row.id);
	const data = { transferred_to: institution, lapor_id: laporId };
	await recordEvent(tx, row, { type: 'answered', author, public: true, data });
	await recordUnansweredLinked(tx, row, 'transferred');
	return row;
}

/**
 * Returns a transferred case that LAPOR refused or archived to its office. Its deadlines restart as for a disputed
 * answer. No answer was published, so the legal decision deadline runs on.
 */
export async function returnToOffice(
	tx: Tx,
	{ row: transferred, unit }: CaseWithUnit,
	author: Author
): Promise<CaseRow> {
	const at = now();
	const before = await proposeOfficersAgain(tx, { row: transferred, unit });
	const since = before.answeredAt ?? at;
	const reopened = { ...before, status: moveTarget(before, 'return_to_office') };
	const open = { answeredAt: null, closedAt: null, transferredTo: null };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'return_to_office', open, async (clocks) => {
		await restartClocks(clocks, reopened, since, at);
		if (clockNamed(clocks, 'decision_by_law')?.metAt?.getTime() === since.getTime())
			resumeClock(clocks, 'decision_by_law');
	});
	const entry = { type: 'reopened', author, public: true, data: { reason: 'returned' } } as const;
	return recordReopening(tx, before, { row, unit }, entry);
}
