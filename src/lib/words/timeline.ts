import type { NewEntry } from '#lib/cases/live.ts';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';

type Fixed = Exclude<TimelineType, `escalation_${string}` | `clock_${string}`>;
type Words = Partial<Record<TimelineType, () => string>>;

const fixed: Record<Fixed, () => string> = {
	opened: m.timeline_opened,
	verified: m.timeline_verified,
	assigned: m.timeline_assigned,
	message: m.timeline_message,
	note: m.timeline_note,
	info_requested: m.timeline_info_requested,
	info_given: m.timeline_info_given,
	answer_drafted: m.timeline_answer_drafted,
	answer_sent_back: m.timeline_answer_sent_back,
	answer_withdrawn: m.timeline_answer_withdrawn,
	answered: m.timeline_answered,
	rated: m.timeline_rated,
	disputed: m.timeline_disputed,
	closed: m.timeline_closed,
	archived: m.timeline_archived,
	reopened: m.timeline_reopened,
	classified: m.timeline_classified,
	moved: m.timeline_moved,
	split: m.timeline_split,
	linked: m.timeline_linked,
	revealed: m.timeline_revealed,
	officers_changed: m.timeline_officers_changed,
	clarification_asked: m.timeline_clarification_asked,
	clarification_given: m.timeline_clarification_given,
	clarification_withdrawn: m.timeline_clarification_withdrawn,
	sealed_print: m.timeline_sealed_print,
	contacted: m.timeline_contacted,
	contact_tried: m.timeline_contact_tried,
	contact_changed: m.timeline_contact_changed,
	attached: m.timeline_attached,
	archive_drafted: m.timeline_archive_drafted,
	archive_sent_back: m.timeline_archive_sent_back,
	archive_withdrawn: m.timeline_archive_withdrawn,
	objected: m.timeline_objected,
	objection_declined: m.timeline_objection_declined,
	receipt_linked: m.timeline_receipt_linked,
	receipt_renewed: m.timeline_receipt_renewed,
	copy_downloaded: m.timeline_copy_downloaded,
	undelivered: m.timeline_undelivered,
	data_requested: m.timeline_data_requested,
	data_decided: m.timeline_data_decided,
	data_corrected: m.timeline_data_corrected,
	restriction_lifted: m.timeline_restriction_lifted,
	retention_held: m.timeline_retention_held,
	retention_released: m.timeline_retention_released,
	calendar_changed: m.timeline_calendar_changed
};

/** Headings for staff. Other types of `escalation_…` and `clock_…` get a general heading. */
const staff: Words = {
	...fixed,
	escalation_waiting: m.timeline_escalation_waiting,
	escalation_sent: m.timeline_escalation_sent,
	escalation_unknown: m.timeline_escalation_unknown,
	escalation_rejected: m.timeline_escalation_rejected,
	escalation_stuck: m.timeline_escalation_stuck,
	escalation_closed: m.timeline_escalation_closed,
	escalation_resolved: m.timeline_escalation_resolved,
	escalation_status: m.timeline_escalation_status,
	escalation_followup: m.timeline_escalation_followup,
	escalation_delayed: m.escalation_entry_delayed,
	escalation_task: m.escalation_entry_task,
	escalation_task_settled: m.escalation_entry_task_settled,
	escalation_followup_sent: m.escalation_entry_followup_sent,
	escalation_followup_again: m.escalation_entry_followup_again,
	escalation_inbound: m.timeline_escalation_inbound,
	escalation_answer_entered: m.timeline_escalation_answer_entered,
	clock_warning: m.timeline_clock_warning,
	clock_alert: m.timeline_clock_alert,
	clock_overdue: m.timeline_clock_overdue,
	clock_changed: m.timeline_clock_changed,
	clock_passed_up: m.timeline_clock_passed_up,
	clock_reminder: m.timeline_clock_reminder
};

/** Headings for reporters, where they differ. They are apart, so that a browser at the desk loads only those of staff. */
const citizen: Words = {
	opened: m.timeline_opened_citizen,
	verified: m.timeline_verified_citizen,
	assigned: m.timeline_assigned_citizen,
	message: m.timeline_message_citizen,
	info_requested: m.timeline_info_requested_citizen,
	info_given: m.timeline_info_given_citizen,
	answered: m.timeline_answered_citizen,
	rated: m.timeline_rated_citizen,
	disputed: m.timeline_disputed_citizen,
	closed: m.timeline_closed_citizen,
	archived: m.timeline_archived_citizen,
	reopened: m.timeline_reopened_citizen,
	classified: m.timeline_classified_citizen,
	moved: m.timeline_moved_citizen,
	split: m.timeline_split_citizen,
	revealed: m.timeline_revealed_citizen,
	contacted: m.timeline_contacted_citizen,
	contact_tried: m.timeline_contact_tried_citizen,
	contact_changed: m.timeline_contact_changed_citizen,
	attached: m.timeline_attached_citizen,
	objected: m.timeline_objected_citizen,
	objection_declined: m.timeline_objection_declined_citizen,
	receipt_linked: m.timeline_receipt_linked_citizen,
	receipt_renewed: m.timeline_receipt_renewed_citizen,
	copy_downloaded: m.timeline_copy_downloaded_citizen,
	calendar_changed: m.timeline_calendar_changed_citizen,
	clock_reminder: m.timeline_clock_reminder_citizen,
	escalation_inbound: m.timeline_escalation_inbound_citizen
};

/** The heading of a timeline entry for staff. */
export function timelineWord(type: TimelineType): string {
	const other = type.startsWith('clock_') ? m.timeline_clock_other : m.timeline_escalation_other;
	return (staff[type] ?? other)();
}

/**
 * The heading of a timeline entry for the case's reporter.
 *
 * @param own the reader wrote the entry, so the message is not "from the office"
 */
export function citizenTimelineWord(type: TimelineType, own: boolean): string {
	if (type === 'message' && own) return m.timeline_message_own();
	return citizen[type]?.() ?? timelineWord(type);
}

/** Name of the author of a timeline entry. */
export function whoDid(entry: Pick<NewEntry, 'actorKind' | 'actorName'>): string {
	if (entry.actorKind === 'staff') return entry.actorName ?? m.party_office();
	if (entry.actorKind === 'reporter' && entry.actorName) return m.record_party({ name: entry.actorName });
	return { reporter: m.party_reporter, system: m.party_system, lapor: m.term_lapor }[entry.actorKind]();
}
