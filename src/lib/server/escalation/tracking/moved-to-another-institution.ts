import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { changeEscalation, type EscalationRow, type Forward } from '../rows.ts';
import { dropTask, raiseTask } from '../tasks.ts';
import type { StatusSeen } from './news.ts';
import { targetIdOf } from './target.ts';

/**
 * Creates a task, once for each institution, if LAPOR passed a report that was only recorded there to another
 * institution. It waits until the forward has no other task, and returns after one until a person settles it.
 */
export async function noticeMovedToAnotherInstitution(
	tx: Tx,
	locked: Forward,
	{ institutionId, institution = institutionId }: StatusSeen
): Promise<EscalationRow> {
	const { row, escalation } = locked;
	if (escalation.purpose !== 'record' || !institutionId) return escalation;
	const target = await targetIdOf(locked);
	if (target === institutionId) return dropTask(tx, escalation, 'passed_on');
	if (!target || escalation.task) return escalation;
	// The same poll may have answered the case since `row` was read.
	const isOpen = and(eq(cases.id, row.id), inArray(cases.status, [...OPEN_STATUSES]));
	if ((await tx.$count(cases, isOpen)) === 0) return escalation;
	const last = async (type: TimelineType, data: Record<string, unknown>) => {
		const isSame = sql`${timeline.data} @> ${JSON.stringify({ escalation: escalation.id, task: 'passed_on', ...data })}`;
		const [entry] = await tx
			.select({ seq: timeline.seq })
			.from(timeline)
			.where(and(eq(timeline.caseId, row.id), eq(timeline.type, type), isSame))
			.orderBy(desc(timeline.seq))
			.limit(1);
		return entry?.seq ?? 0;
	};
	const raised = await last('escalation_task', { text: institution });
	if (raised === 0) return raiseTask(tx, locked, 'passed_on', institution);
	const isSettled = (await last('escalation_task_settled', {})) > raised;
	if (isSettled) return escalation;
	// The task of a status replaced it. The timeline has its entry already.
	return changeEscalation(tx, escalation, { task: 'passed_on', taskText: institution, taskAt: now() });
}
