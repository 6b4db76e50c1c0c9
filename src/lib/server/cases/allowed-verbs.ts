import { ENDED_FORWARDS, whyNotForwardable } from '#lib/cases/forwarding.ts';
import { allows, isAnswerFinal, mayAnswerDirectly, mayEscalate } from '#lib/cases/moves.ts';
import { isTrialReference } from '#lib/text/reference-numbers.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow } from './find.ts';

/** Facts besides the case row that decide which verbs are offered. */
interface CaseFacts {
	/** A draft is waiting, and the actor may decide it now. */
	mayDecideDraft: boolean;
	/** The kind of the waiting draft. */
	draft: 'answer' | 'archive' | null;
	/** A one-time link to the receipt may be made (`receipt-link.ts`). */
	mayLinkReceipt: boolean;
	/** The assignee may still work on the case. Otherwise the case counts as unassigned. */
	hasWorkingAssignee: boolean;
	/** The actor assigned the case, and nothing else was done since. */
	takesBack?: boolean;
	/** There is an objection, or the reporter may still object or complete the report. */
	reopenable: boolean;
}

/** Whether status, content and restrictions allow to forward a case. */
export const mayBeForwarded = (row: CaseRow): boolean =>
	!row.destroyedAt && !row.processingRestrictedAt && mayEscalate(row) && !whyNotForwardable(row);

/** The verbs that the desk offers the actor now. Each verb repeats these checks. */
export function verbsFor(actor: Pick<Actor, 'accountId' | 'units'>, row: CaseRow, facts: CaseFacts) {
	const supervises = actor.units.supervisor.includes(row.handlingUnitId);
	const mineOrFree = !facts.hasWorkingAssignee || row.assigneeId === actor.accountId;
	const final = isAnswerFinal(row);
	const decidable = facts.draft === 'archive' ? allows('archive', row.status) : allows('publish_answer', row.status);
	const verbs = {
		verify: allows('verify', row.status),
		/** Verify, assign and answer with one form, if the actor may assign the case to themselves. */
		direct: row.status === 'received' && mayAnswerDirectly(row) && (mineOrFree || supervises) && (!final || supervises),
		/** Only supervisors may set the class `oversight`. */
		oversight: supervises,
		classify: allows('classify', row.status),
		handOver: allows('hand_over', row.status) && !isTrialReference(row.reference),
		split: allows('split', row.status) && !row.processingRestrictedAt,
		assign: allows('assign', row.status) && (mineOrFree || supervises || facts.takesBack === true),
		ask: allows('ask', row.status),
		answer: allows('answer', row.status) && (!final || supervises),
		decide: facts.draft !== null && facts.mayDecideDraft && decidable,
		archive: allows('archive', row.status),
		reopen: supervises && allows('reopen', row.status) && facts.reopenable,
		declineObjection: supervises && allows('decline_objection', row.status) && row.objectionAt !== null,
		escalate: mayBeForwarded(row) && (row.escalationState === null || ENDED_FORWARDS.includes(row.escalationState)),
		reveal: row.identity === 'withheld' && row.reporterSealed !== null && !row.processingRestrictedAt,
		contact: row.reporterSealed !== null,
		renewReceipt: row.identity === 'named',
		linkReceipt: facts.mayLinkReceipt,
		/** Only supervisors may set a legal hold, which excludes the case from destruction. */
		hold: supervises,
		/** Restricted cases for the Inspektorat are printed and sent in a sealed envelope. */
		printSealed: supervises && row.restricted && !row.processingRestrictedAt
	};
	if (row.destroyedAt === null) return verbs;
	return Object.fromEntries(Object.keys(verbs).map((verb) => [verb, false])) as typeof verbs;
}
