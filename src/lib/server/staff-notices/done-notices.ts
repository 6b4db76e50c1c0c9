import { markRead } from '#lib/server/channels/notices.ts';
import { and, eq, inArray, isNotNull, isNull, like, notInArray, or, sql, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import type { EscalationState } from '#lib/cases/vocabulary.ts';
import { unassigned } from '#lib/server/cases/case-staff.ts';
import { db } from '#lib/server/db/index.ts';
import { approvals, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import type { NoticeKind } from '#lib/words/notices.ts';

const settled = sql`${notInArray(cases.status, [...OPEN_STATUSES])}`;
/** Also over the office's part of a wave, whose notice is about its first case. The key is that of `notifyDeciders`. */
const decided = sql`not exists (select 1 from ${approvals} waiting join ${cases} of_draft on of_draft.id = waiting.case_id
	where waiting.state = 'pending' and case when ${notices.onceKey} like 'approval_wave:%'
		then ${notices.onceKey} like 'approval_wave:' || waiting.wave || ':' || of_draft.handling_unit_id || ':%'
		else waiting.case_id = ${cases.id} and waiting.at <= ${notices.at} end)`;
/** By anybody, because a draft can be sent back to others than its writer. */
const rewritten = sql`not exists (select 1 from ${approvals} where ${approvals.caseId} = ${cases.id}
	and ${approvals.state} = 'sent_back')`;
const reassigned = sql`(${cases.assigneeId} is distinct from ${notices.accountId} or ${settled})`;
/** Not whether the recipient is the assignee: it may be a stand-in. */
const assignedSince = sql`exists (select 1 from ${timeline} where ${timeline.caseId} = ${cases.id}
	and ${timeline.type} = 'assigned' and ${timeline.at} > ${notices.at})`;
const taken = sql`(not ${unassigned} or ${settled})`;
const repliedTo = sql`exists (select 1 from ${timeline} where ${timeline.caseId} = ${cases.id} and ${timeline.public}
	and ${timeline.actorKind} = 'staff' and ${timeline.type} in ('message', 'info_requested', 'answered', 'archived')
	and ${timeline.at} > ${notices.at})`;
/** The deadline is met, stopped or paused, or has another due time with its own notices. */
const noLongerDue = sql`not exists (select 1 from ${clocks} where ${clocks.caseId} = ${cases.id}
	and ${clocks.name} = ${notices.data} ->> 'clock' and ${clocks.state} = 'running'
	and ${clocks.dueAt} = (${notices.data} ->> 'due_at')::timestamptz)`;

/** The case's forward is in another state than the notice says. */
const forwardIsNot = (state: EscalationState) => sql`${cases.escalationState} is distinct from ${state}`;

/**
 * Conditions under which the task of a notice about a case is done, by anybody. Notices without a task, such as a
 * mention in a note, stay unread until they are opened.
 */
const DONE: Partial<Record<NoticeKind, SQL>> = {
	approval_wanted: decided,
	approval_passed_up: decided,
	sent_back: rewritten,
	new_case: taken,
	unverified: sql`(${taken} or ${cases.status} <> 'received')`,
	assigned: reassigned,
	reopened: sql`(${settled} or ${assignedSince})`,
	message: repliedTo,
	info_given: repliedTo,
	unreadable: repliedTo,
	disputed: settled,
	objected: sql`${cases.objectionAt} is null`,
	clarification_given: settled,
	forward_unknown: forwardIsNot('unknown'),
	forward_stuck: forwardIsNot('stuck'),
	clock_warning: noLongerDue,
	clock_alert: noLongerDue,
	clock_overdue: noLongerDue
};
const done = sql.join(
	Object.entries(DONE).map(([kind, condition]) => sql`(${notices.kind} = ${kind} and ${condition})`),
	sql` or `
);

/** Marks unread notices of these cases as read if their task is done. */
export async function markDoneRead(caseIds: readonly number[]): Promise<void> {
	if (caseIds.length === 0) return;
	const waves = await db()
		.selectDistinct({ wave: approvals.wave })
		.from(approvals)
		.where(and(inArray(approvals.caseId, [...caseIds]), isNotNull(approvals.wave)));
	const ofWaves = waves.map(({ wave }) => like(notices.onceKey, `approval_wave:${wave}:%`));
	const ofCases = db()
		.select({ id: notices.id })
		.from(notices)
		.innerJoin(cases, eq(cases.id, notices.caseId))
		.where(and(or(inArray(notices.caseId, [...caseIds]), ...ofWaves), isNull(notices.readAt), sql`(${done})`));
	await markRead(db(), inArray(notices.id, ofCases));
}
