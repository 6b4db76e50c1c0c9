import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { workersNow } from '#lib/server/cases/case-staff.ts';
import type { StoredEntry } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { notifyOfCase } from './case-notice.ts';
import { notifyOfNewCase } from './new-cases.ts';
import { notifyIfUnattended } from './unattended.ts';

/** Notifies staff of a case that arrived at a unit, or of one that other people than before may open. */
export async function notifyOfArrival(tx: Tx, caseWithUnit: CaseWithUnit, entry: StoredEntry): Promise<void> {
	await notifyIfUnattended(tx, caseWithUnit, entry);
	await notifyOfNewCase(tx, caseWithUnit, entry);
}

/**
 * Notifies the people who work on a case that was reopened. If it has no assignee, the handlers on duty are
 * notified as of a new case. A completion by the reporter has a notice of its own.
 */
export async function notifyOfReopening(tx: Tx, caseWithUnit: CaseWithUnit, entry: StoredEntry): Promise<void> {
	await notifyOfArrival(tx, caseWithUnit, entry);
	const { assigneeId, status } = caseWithUnit.row;
	const { seq, at, data, actorId } = entry;
	const isNotified = data.reason === 'completed' || data.unassigned === true;
	if (isNotified || !assigneeId || !OPEN_STATUSES.includes(status)) return;
	const others = (await workersNow(tx, caseWithUnit)).filter((person) => person.id !== actorId);
	await notifyOfCase(tx, caseWithUnit, others, { kind: 'reopened', occasion: seq, at });
}
