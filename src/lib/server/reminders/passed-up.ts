import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { decidersNow, decisionPassesUp } from '#lib/server/cases/answers/approve.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { tell } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { approvals, cases } from '#lib/server/db/schema/cases.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { log } from '#lib/server/log.ts';
import { approvalLetter } from './letters.ts';

/** One occasion per version of a draft: people who were already notified are not notified again when others may decide too. */
export const approvalKey = ({ id, at }: { id: string; at: Date }): string => `approval:${id}:${at.toISOString()}`;

const BATCH = 500;

/** A literal, so that a prepared statement uses the partial index. */
const untold = sql`${approvals.state} = 'pending' and ${approvals.passedUpAt} is null`;

/**
 * Lets supervisors of units above decide drafts that waited one working day without a decision, notifies them once and writes
 * a timeline entry.
 */
export async function sweepWaitingDrafts(): Promise<void> {
	const waiting = await db()
		.select({ id: approvals.id, caseId: approvals.caseId, at: approvals.at, unit: units })
		.from(approvals)
		.innerJoin(cases, eq(cases.id, approvals.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(untold)
		.orderBy(asc(approvals.at))
		.limit(BATCH);
	if (waiting.length === 0) return;
	const calendar = await loadCalendar(db());
	for (const { id, caseId, at, unit } of waiting) {
		if (decisionPassesUp({ at }, unit, calendar) > now()) continue;
		await transaction((tx) => passUp(tx, id, caseId)).catch((error: unknown) =>
			log().error({ caseId, error }, 'a waiting draft could not be passed up')
		);
	}
}

async function passUp(tx: Tx, id: string, caseId: number): Promise<void> {
	const found = await lockCase(tx, caseId);
	const [draft] = await tx
		.update(approvals)
		.set({ passedUpAt: now() })
		.where(and(eq(approvals.id, id), eq(approvals.state, 'pending'), isNull(approvals.passedUpAt)))
		.returning();
	if (!draft) return;
	const { people, passesUpAt } = await decidersNow(tx, found, draft);
	// Written again between the look and the lock: it has a day of its own.
	if (passesUpAt > now()) {
		await tx.update(approvals).set({ passedUpAt: null }).where(eq(approvals.id, id));
		return;
	}
	const told = await tell(
		tx,
		people.map((person) => person.id),
		{
			kind: 'approval_passed_up',
			onceKey: approvalKey(draft),
			caseId,
			at: now(),
			data: { draft: draft.kind },
			letter: approvalLetter(found, draft, true)
		}
	);
	if (told === 0) return;
	await recordEvent(tx, found.row, {
		type: 'clock_passed_up',
		author: 'system',
		public: false,
		data: { approval: draft.id, draft: draft.kind }
	});
}
