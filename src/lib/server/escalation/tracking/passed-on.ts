import { and, eq, inArray, sql } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import type { EscalationRow, Forward } from '../rows.ts';
import { dropTask, raiseTask } from '../tasks.ts';
import type { StatusSeen } from './news.ts';
import { targetIdOf } from './target.ts';

/**
 * Creates a task, once for each institution, if LAPOR passed a report that was only recorded there to another
 * institution. It waits until the forward has no other task.
 */
export async function noticePassedOn(
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
	const task = { escalation: escalation.id, task: 'passed_on', text: institution };
	const isRaised = and(
		eq(timeline.caseId, row.id),
		eq(timeline.type, 'escalation_task'),
		sql`${timeline.data} @> ${JSON.stringify(task)}`
	);
	return (await tx.$count(timeline, isRaised)) > 0 ? escalation : raiseTask(tx, locked, 'passed_on', institution);
}
