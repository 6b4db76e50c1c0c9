import { and, eq } from 'drizzle-orm';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { Conflict } from '#lib/server/errors.ts';
import { recordEscalation } from './events.ts';
import { changeEscalation, lockEscalationForActor, type EscalationRow, type Locked } from './rows.ts';
import { settleInput } from './schema.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Tasks at the desk that news from LAPOR can cause. */
export type Task =
	/** Selesai, but it did not answer the case: without an institution's text, or the case waits for its reporter. */
	| 'finished'
	/** Ditolak, Diarsipkan: with LAPOR's reason; answer here, or send again. */
	| 'refused'
	| 'archived'
	/** Ditunda: LAPOR waits for data, ten days. */
	| 'postponed'
	/** A status name nobody has mapped yet: its meaning is an administrator's to say. */
	| 'status_unmapped'
	/** LAPOR no longer has a report with this number. */
	| 'gone'
	/** LAPOR no longer lets us read this report, although the connection works. */
	| 'hidden'
	/** A follow-up was refused or may be lost. */
	| 'followup_failed'
	| 'followup_unknown';

/** Creates a task at the desk; the same task twice is one. Lists show the newest, the timeline all. */
export async function raiseTask(tx: Tx, locked: Locked, task: Task, text?: string): Promise<EscalationRow> {
	const before = locked.escalation;
	if (before.task === task && (before.taskText ?? undefined) === text) return before;
	const escalation = await changeEscalation(tx, before, { task, taskText: text ?? null, taskAt: now() });
	await recordEscalation(tx, { ...locked, escalation }, 'escalation_task', 'system', {
		task,
		...(text ? { text } : {})
	});
	return escalation;
}

/** Removes a task of a kind from a row. */
export async function dropTask(tx: Tx, before: EscalationRow, ...tasks: Task[]): Promise<EscalationRow> {
	if (!tasks.some((task) => task === before.task)) return before;
	return changeEscalation(tx, before, { task: null, taskText: null, taskAt: null });
}

/** Removes the task about follow-ups once none needs a decision. */
export async function dropFollowupTasks(tx: Tx, before: EscalationRow): Promise<EscalationRow> {
	const state = before.task === 'followup_unknown' ? 'unknown' : before.task === 'followup_failed' ? 'rejected' : null;
	if (!state || !before.task) return before;
	const [open] = await tx
		.select({ id: escalationFollowups.id })
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, before.id), eq(escalationFollowups.state, state)))
		.limit(1);
	return open ? before : changeEscalation(tx, before, { task: null, taskText: null, taskAt: null });
}

/** Marks the task of a row as done. @throws NotFound · Conflict if there is none */
export async function settleTask(actor: Actor, id: string, raw: unknown): Promise<EscalationRow> {
	const { reason } = checked(settleInput, raw);
	return transaction(async (tx) => {
		const locked = await lockEscalationForActor(tx, actor, id);
		const { task } = locked.escalation;
		if (!task) throw new Conflict('invalid-move', { status: locked.row.status, reason: 'no_task' });
		const escalation = await changeEscalation(tx, locked.escalation, { task: null, taskText: null, taskAt: null });
		await recordEscalation(tx, { ...locked, escalation }, 'escalation_task_settled', actor, {
			task,
			...(reason ? { reason } : {})
		});
		return escalation;
	});
}
