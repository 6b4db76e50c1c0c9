import { and, eq, gte, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { changeEscalation, changeWithEntry, type EscalationRow, type Forward } from './rows.ts';
import type { Task } from '#lib/words/forward.ts';

export const NO_TASK = { task: null, taskText: null, taskAt: null };

/** Creates a task at the desk. The same task is created once. The row has only the newest task; the timeline has all. */
export async function raiseTask(tx: Tx, locked: Forward, task: Task, text?: string): Promise<EscalationRow> {
	const before = locked.escalation;
	if (before.task === task && (before.taskText ?? undefined) === text) return before;
	const set = { task, taskText: text ?? null, taskAt: now() };
	return changeWithEntry(tx, locked, set, 'escalation_task', 'system', { task, text: text || undefined });
}

/** Creates a task unless the case got the same one since `since`: by default, since the last successful poll. */
export async function raiseTaskOnce(tx: Tx, locked: Forward, task: Task, since?: Date): Promise<EscalationRow> {
	const { id, caseId, polledAt, createdAt } = locked.escalation;
	const isSameTask = sql`${timeline.data} @> ${JSON.stringify({ escalation: id, task })}`;
	const isRaised = and(
		eq(timeline.caseId, caseId),
		eq(timeline.type, 'escalation_task'),
		gte(timeline.at, since ?? polledAt ?? createdAt),
		isSameTask
	);
	return (await tx.$count(timeline, isRaised)) > 0 ? locked.escalation : raiseTask(tx, locked, task);
}

export async function dropTask(tx: Tx, before: EscalationRow, ...tasks: Task[]): Promise<EscalationRow> {
	if (!tasks.some((task) => task === before.task)) return before;
	return changeEscalation(tx, before, NO_TASK);
}

/** Removes the task about follow-ups once no follow-up needs a decision. */
export async function dropFollowupTasks(tx: Tx, before: EscalationRow): Promise<EscalationRow> {
	const state = before.task === 'followup_unknown' ? 'unknown' : before.task === 'followup_failed' ? 'rejected' : null;
	if (!state || !before.task) return before;
	const undecided = and(eq(escalationFollowups.escalationId, before.id), eq(escalationFollowups.state, state));
	return (await tx.$count(escalationFollowups, undecided)) > 0 ? before : changeEscalation(tx, before, NO_TASK);
}
