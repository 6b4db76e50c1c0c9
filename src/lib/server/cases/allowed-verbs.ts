import { allows, DISPUTES_BEFORE_FINAL, needsSecondPerson } from '#lib/cases/status.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { CaseRow } from './find.ts';

/** What decides about verbs beside the case itself. */
interface Circumstances {
	/** A draft waits, and the actor is its second person now. */
	secondPerson: boolean;
	/** What kind of draft waits. */
	draft: 'answer' | 'archive' | null;
	/** There is an objection, or the time for one (or for a completion) has not run out. */
	reopenable: boolean;
}

/** Integrity cases stay inside, what LAPOR passed on does not go back there, and one forward at a time is open. */
function mayForward(row: CaseRow): boolean {
	const none = row.escalationState === null || row.escalationState === 'rejected' || row.escalationState === 'closed';
	return none && allows('escalate', row.status) && row.category !== 'integrity' && row.channel !== 'lapor';
}

/** Which verbs the desk offers the actor now. The verbs themselves ask again: this only saves people a refusal. */
export function verbsFor(actor: Pick<Actor, 'accountId' | 'units'>, row: CaseRow, now: Circumstances) {
	const supervises = actor.units.supervisor.includes(row.handlingUnitId);
	const mineOrFree = row.assigneeId === null || row.assigneeId === actor.accountId;
	const final = row.disputes >= DISPUTES_BEFORE_FINAL;
	const decidable = now.draft === 'archive' ? allows('archive', row.status) : allows('publish_answer', row.status);
	return {
		verify: allows('verify', row.status),
		/** Verify, assign and answer with one form: for people the case may be assigned to. */
		direct:
			row.status === 'received' && !needsSecondPerson(row.kind) && (mineOrFree || supervises) && (!final || supervises),
		/** Class oversight is a supervisor's to set. */
		oversight: supervises,
		classify: allows('classify', row.status),
		handOver: allows('hand_over', row.status),
		split: allows('split', row.status),
		assign: allows('assign', row.status) && (mineOrFree || supervises),
		ask: allows('ask', row.status),
		answer: allows('answer', row.status) && (!final || supervises),
		decide: now.draft !== null && now.secondPerson && decidable,
		archive: allows('archive', row.status),
		reopen: supervises && allows('reopen', row.status) && now.reopenable,
		declineObjection: supervises && allows('decline_objection', row.status) && row.objectionAt !== null,
		escalate: mayForward(row),
		reveal: row.identity === 'withheld' && row.reporterSealed !== null,
		contact: row.reporterSealed !== null,
		renewReceipt: row.identity === 'named',
		/** What belongs before the Inspektorat leaves on paper, sealed. */
		printSealed: supervises && row.restricted
	};
}
