import { localDate } from '#lib/calendar/days.ts';
import type { DeskAnswer } from '#lib/cases/schema.ts';
import { needsSecondPerson } from '#lib/cases/status.ts';
import type { KeptFile } from '#lib/server/attachments/keep.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { Invalid } from '#lib/server/errors.ts';
import { draftHoldsFile } from './draft-files.ts';
import type { CaseWithUnit } from '../find.ts';

/**
 * Requires evidence for the answer to a complaint: a file, or the action in words with its day (docs/decisions/0014). Applies
 * only to the desk's form, not to the API.
 *
 * @throws Invalid `evidence_missing`, `action_on_missing`, `action_missing`, `action_on_future`
 */
export async function requireEvidence(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	given: Pick<DeskAnswer, 'action' | 'action_on' | 'drop_files'>,
	kept: readonly KeptFile[]
): Promise<void> {
	const { action, action_on: on, drop_files: drop = [] } = given;
	if (action && !on) throw new Invalid([{ path: 'action_on', code: 'action_on_missing' }]);
	if (on && !action) throw new Invalid([{ path: 'action', code: 'action_missing' }]);
	if (on && on > localDate(now(), unit.timeZone)) throw new Invalid([{ path: 'action_on', code: 'action_on_future' }]);
	if (!needsSecondPerson(row.kind) || action || kept.length > 0) return;
	if (!(await draftHoldsFile(tx, row.id, drop))) throw new Invalid([{ path: 'action', code: 'evidence_missing' }]);
}
