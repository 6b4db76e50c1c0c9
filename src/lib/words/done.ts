import { m } from '#lib/paraglide/messages.js';
import { wordNamed } from './cases.ts';

/** The message of each outcome of a verb. The next page shows it once. */
const words = {
	opened: m.desk_done_opened,
	verified: m.desk_done_verified,
	assigned: m.desk_done_assigned,
	asked: m.desk_done_asked,
	message_sent: m.desk_done_message_sent,
	note_kept: m.desk_done_note_kept,
	answered: m.desk_done_answered,
	drafted: m.desk_done_drafted,
	approved: m.desk_done_approved,
	archive_approved: m.desk_done_archived,
	sent_back: m.desk_done_sent_back,
	archived: m.desk_done_archived,
	archive_drafted: m.desk_done_archive_drafted,
	answer_withdrawn: m.timeline_answer_withdrawn,
	archive_withdrawn: m.timeline_archive_withdrawn,
	reopened: m.desk_done_reopened,
	objection_declined: m.desk_done_objection_declined,
	officers_changed: m.desk_done_officers_changed,
	removal_asked: m.desk_done_removal_asked,
	contacted: m.desk_done_contacted,
	recorded: m.record_done,
	joined_other: m.incoming_done_other,
	classified: m.case_done_classified,
	moved: m.case_done_moved,
	split: m.case_done_split,
	clarification_asked: m.case_done_clarification_asked,
	clarification_withdrawn: m.case_done_clarification_withdrawn,
	linked: m.triage_done_linked,
	linked_answered: m.triage_done_linked_answered,
	unlinked: m.triage_done_unlinked,
	answered_directly: m.answering_done_directly,
	forwarded: m.escalation_done_forwarded,
	found: m.escalation_done_found,
	legal_hold_set: m.retention_done_held,
	legal_hold_lifted: m.retention_done_released
} satisfies Record<string, () => string>;

/** Outcome of a verb. */
export type Done = keyof typeof words;

const DECISIONS: readonly string[] = ['approved', 'archive_approved', 'sent_back'] satisfies Done[];

/** Whether a draft was decided. The next work is then a further draft instead of a report. */
export const isDecision = (done: string | null): boolean => DECISIONS.includes(done ?? '');

/** The outcome that the address of a page names, and what the person works on. */
export function doneIn({ searchParams: query }: URL) {
	const done = query.get('done');
	return { message: wordNamed(words, done), decides: isDecision(done), next: nextWord(query, isDecision(done)) };
}

/** How much work is left (`left`), and of which kind (`work`). */
function nextWord(query: URLSearchParams, decides: boolean): string {
	const left = Number(query.get('left')) || 0;
	const work = query.get('work');
	const count = { left: left > 99 ? '99+' : left };
	if (left > 0 && work === 'unverified') return m.desk_next_unverified(count);
	if (work === 'list') return left > 0 ? m.desk_next_in_list(count) : m.desk_next_none_in_list();
	if (left > 0) return m.desk_next_left(count);
	return decides ? m.desk_next_none_drafts() : m.desk_next_none();
}
