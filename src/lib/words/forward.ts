import type { EscalationPurpose, EscalationState, TimelineType } from '#lib/cases/vocabulary.ts';
import { linkedFiles } from '#lib/text/linked-files.ts';
import type { Mark } from '#lib/text/redaction.ts';
import { m } from '#lib/paraglide/messages.js';
import { wordNamed, wordOf } from './cases.ts';
import { escalationPurposeWord } from './escalation.ts';
import { isOwed, owedWord } from './lapor-fields.ts';

/*
 * Texts for handlers about the reason codes and tasks of forwards: what a code means, what to do, and who does it.
 * Codes and tasks are listed only here; the server derives their types from these tables.
 */

/** Meaning and advice for each reason code. */
const reasons = {
	// LAPOR was not reached, so it stored nothing and the worker retries.
	dns: [m.escalation_reason_dns, m.escalation_advice_network],
	refused: [m.escalation_reason_refused, m.escalation_advice_network],
	connect_timeout: [m.escalation_reason_connect_timeout, m.escalation_advice_network],
	connect_reset: [m.escalation_reason_connect_reset, m.escalation_advice_network],
	tls: [m.escalation_reason_tls, m.escalation_advice_certificate],
	unreachable: [m.escalation_reason_unreachable, m.escalation_advice_network],
	connect_failed: [m.escalation_reason_connect_failed, m.escalation_advice_network],
	not_built: [m.escalation_reason_not_built, m.escalation_advice_not_built],
	rate_limited: [m.escalation_reason_rate_limited, m.escalation_advice_wait],
	busy: [m.escalation_reason_busy, m.escalation_advice_wait],
	own_validation: [m.escalation_reason_own_validation, m.escalation_advice_ids],
	circuit_open: [m.escalation_reason_circuit_open, m.escalation_advice_wait],
	connection_halted: [m.escalation_reason_connection_halted, m.escalation_advice_halted],
	photos_not_uploaded: [m.escalation_reason_photos_not_uploaded, m.escalation_advice_photos],
	lease_lost_before_create: [m.escalation_reason_lease_lost_before_create, m.escalation_advice_wait],
	not_tried: [m.escalation_reason_not_tried, m.escalation_advice_not_tried],
	// LAPOR refused the report with a reason.
	refused_fields: [m.escalation_reason_refused_fields, m.escalation_advice_fields],
	refused_conflict: [m.escalation_reason_refused_conflict, m.escalation_advice_conflict],
	refused_too_large: [m.escalation_reason_refused_too_large, m.escalation_advice_too_large],
	refused_media_type: [m.escalation_reason_refused_media_type, m.escalation_advice_media_type],
	refused_other: [m.escalation_reason_refused_other, m.escalation_advice_edit],
	// Something is wrong with the connection, so no report can be sent.
	unauthorised: [m.escalation_reason_unauthorised, m.escalation_advice_keys],
	forbidden: [m.escalation_reason_forbidden, m.escalation_advice_account],
	wrong_address: [m.escalation_reason_wrong_address, m.escalation_advice_address],
	method_not_allowed: [m.escalation_reason_method_not_allowed, m.escalation_advice_address],
	redirected: [m.escalation_reason_redirected, m.escalation_advice_address],
	refused_without_reason: [m.escalation_reason_refused_without_reason, m.escalation_advice_refused_mute],
	// LAPOR may have stored the report. A person or a look-up decides.
	timeout: [m.escalation_reason_timeout, m.escalation_advice_decide],
	reset: [m.escalation_reason_reset, m.escalation_advice_decide],
	broken_answer: [m.escalation_reason_broken_answer, m.escalation_advice_decide],
	answer_too_large: [m.escalation_reason_answer_too_large, m.escalation_advice_decide],
	request_timeout: [m.escalation_reason_request_timeout, m.escalation_advice_decide],
	server_error: [m.escalation_reason_server_error, m.escalation_advice_decide],
	unavailable: [m.escalation_reason_unavailable, m.escalation_advice_decide],
	no_readable_id: [m.escalation_reason_no_readable_id, m.escalation_advice_decide],
	number_in_use: [m.escalation_reason_number_in_use, m.escalation_advice_number_in_use],
	number_lost: [m.escalation_reason_number_lost, m.escalation_advice_number_lost],
	reference_exists: [m.escalation_reason_reference_exists, m.escalation_advice_find],
	report_exists: [m.escalation_reason_report_exists, m.escalation_advice_find],
	lease_lost_after_create: [m.escalation_reason_lease_lost_after_create, m.escalation_advice_decide],
	// The category became integrity before the report was sent.
	integrity: [m.escalation_check_barred_integrity, m.escalation_check_barred_integrity_text],
	// The case was archived before the report was sent.
	archived: [m.escalation_reason_archived, m.escalation_advice_archived],
	// A person cancelled it in manual mode, before it was copied.
	cancelled: [m.escalation_reason_cancelled, m.escalation_advice_cancelled],
	// The reporter's request to correct the text was granted before the report was sent.
	text_corrected: [m.escalation_reason_text_corrected, m.escalation_advice_text_corrected],
	// The same in manual mode. A person may have copied the former text already.
	text_outdated: [m.escalation_reason_text_outdated, m.escalation_advice_text_outdated],
	// The reporter asked to restrict the processing before the report was sent.
	processing_restricted: [m.escalation_reason_processing_restricted, m.escalation_advice_processing_restricted],
	// The site was restored from a backup in which the report was waiting.
	restored: [m.escalation_reason_restored, m.escalation_advice_decide],
	// Only for reads, uploads and follow-ups.
	gone: [m.escalation_reason_gone, m.escalation_advice_gone],
	unreadable: [m.escalation_reason_unreadable, m.escalation_advice_wait],
	answered_failed: [m.escalation_reason_answered_failed, m.escalation_advice_wait],
	not_stored: [m.escalation_reason_not_stored, m.escalation_advice_wait],
	// The follow-up went to another report, because the forward's number was wrong.
	number_corrected: [m.escalation_reason_number_corrected, m.escalation_advice_decide],
	// Only for LAPOR's lists.
	list_shrunk: [m.admin_lapor_reason_shrunk, m.admin_lapor_todo_shrunk]
} satisfies Record<string, readonly [meaning: () => string, advice: () => string]>;
export type ReasonCode = keyof typeof reasons;

/** Tasks at the desk beside a forward's state. LAPOR caused all but `text_corrected`. */
const tasks = {
	// LAPOR's status Selesai did not answer the case, because it has no text of an institution, the case waits for its
	// reporter, or a supervisor must give the final answer.
	finished: m.escalation_task_finished,
	refused: m.escalation_task_refused,
	archived: m.escalation_task_archived,
	postponed: m.escalation_task_postponed,
	// An administrator must set the meaning of a status name.
	status_unmapped: m.escalation_task_status_unmapped,
	// The present status differs from ours, but its time is older, so it isn't applied.
	status_older: m.escalation_task_status_older,
	// LAPOR passed a report that was only recorded there to another institution.
	passed_on: m.escalation_task_passed_on,
	// LAPOR gave the report another status after Selesai.
	reopened: m.escalation_task_reopened,
	// LAPOR no longer has a report with this number.
	gone: m.escalation_task_gone,
	// LAPOR refuses access to this report, although the connection works.
	hidden: m.escalation_task_hidden,
	// The site could not read this report at LAPOR for a day, although the connection works.
	unread: m.escalation_task_unread,
	// The forward was cancelled because the text was corrected. A person must confirm the text and send it again.
	text_corrected: m.escalation_task_text_corrected,
	// A follow-up was refused, has waited for a day, or may be lost.
	followup_failed: m.escalation_task_followup_failed,
	followup_unknown: m.escalation_task_followup_unknown
};
export type Task = keyof typeof tasks;

export const markWord = wordOf<Mark['kind']>({
	name: m.escalation_mark_name,
	phone: m.escalation_mark_phone,
	email: m.escalation_mark_email,
	nik: m.escalation_mark_nik,
	address: m.escalation_mark_address
});

/** Meaning of a reason code. An unknown code of a newer version is returned unchanged. */
export const forwardReason = (code: string): string =>
	Object.hasOwn(reasons, code) ? reasons[code as ReasonCode][0]() : code;

/** Advice for a reason code. Undefined for an unknown code of a newer version. */
export const forwardAdvice = (code: string): string | undefined =>
	Object.hasOwn(reasons, code) ? reasons[code as ReasonCode][1]() : undefined;

/**
 * The reason of a forward's state. While the whole connection is halted, `cause` is the code of the response that halted it,
 * and `own` is the reason that the forward itself had.
 */
export interface ShownReason {
	code: string;
	text: string | null;
	cause?: string;
	own?: { code: string; text: string | null } | null;
}

/** Whether lists show a forward's reason: while a person may act on it, or if it was cancelled. */
export const showsReason = ({ state, reason }: { state: EscalationState; reason: ShownReason | null }): boolean =>
	reason?.code === 'cancelled' || (state !== 'sent' && state !== 'closed');

/**
 * Texts of a reason: its meaning, advice, and LAPOR's own text in `said`. If the text is our list of missing settings, it is
 * part of the meaning instead. `own`, also part of the meaning, is the forward's own reason beside another one for a halt.
 */
export function forwardWords({ code, text, cause, own }: ShownReason): {
	meaning: string;
	advice?: string;
	said?: string;
	own?: string;
} {
	const why = cause ?? code;
	const todo = forwardAdvice(why) ?? forwardAdvice(code);
	const missing = why === 'own_validation' ? missingWord(text) : undefined;
	const apart = own && own.code !== code ? forwardWords(own) : undefined;
	const ownMeaning = apart && own?.code !== cause ? m.escalation_reason_own({ reason: apart.meaning }) : undefined;
	return {
		meaning: [cause ? forwardReason(code) : undefined, forwardReason(why), missing, ownMeaning]
			.filter(Boolean)
			.join(' '),
		advice: todo,
		said: missing ? undefined : (text ?? apart?.said) || undefined,
		own: ownMeaning
	};
}

/**
 * The names of the settings in a text such as `channel: not_configured, category_id: not_configured`. Undefined if none
 * is known.
 */
function missingWord(text: string | null): string | undefined {
	const names = (text ?? '').split(',').map((part) => part.split(':')[0]?.trim() ?? '');
	const fields = names.filter(isOwed).map(owedWord);
	return fields.length > 0 ? m.escalation_owed_list({ fields: fields.join(', ') }) : undefined;
}

export const forwardTask = (code: string): string => wordNamed(tasks, code) ?? code;

const followupSources: Record<string, () => string> = {
	answer: m.escalation_followup_answer,
	message: m.escalation_followup_message,
	dispute: m.escalation_followup_dispute
};

export const followupSourceWord = (source: string): string => followupSources[source]?.() ?? source;

type Data = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);
const worded = (value: unknown, words: (value: string) => string): string | undefined => {
	const content = text(value);
	return content === undefined ? undefined : words(content);
};

/** Lines below the heading of an entry about a forward. Texts of LAPOR are not changed. */
export function forwardEntryLines(type: TimelineType, data: Data): (string | undefined)[] {
	switch (type) {
		case 'escalation_waiting':
			return [
				data.again === true ? m.escalation_entry_again() : undefined,
				worded(data.purpose, (purpose) => escalationPurposeWord(purpose as EscalationPurpose)),
				text(data.institution),
				data.was_integrity_lifted ? m.escalation_entry_lifted() : undefined
			];
		case 'escalation_sent':
			return [worded(data.lapor_id, (id) => `#${id}`), text(data.institution), sentBy(data.by), foundTwice(data.also)];
		case 'escalation_unknown':
		case 'escalation_rejected':
		case 'escalation_stuck':
		case 'escalation_delayed':
			return [worded(data.reason, forwardReason), text(data.text)];
		case 'escalation_resolved':
			return [resolvedWord(data), text(data.reason)];
		case 'escalation_closed':
			return [
				data.superseded === true ? m.escalation_entry_superseded() : text(data.status_name),
				worded(data.reason, forwardReason),
				text(data.note)
			];
		case 'escalation_status':
			return [text(data.status_name), text(data.note)];
		case 'escalation_followup':
			return [
				text(data.institution),
				data.changed ? m.timeline_followup_changed() : undefined,
				text(data.content),
				...linkedFiles(data.attachments).map(({ name }) => name)
			];
		case 'escalation_followup_sent':
		case 'escalation_followup_again':
			return [
				worded(data.source, followupSourceWord),
				data.by === 'hand' && type === 'escalation_followup_sent' ? m.escalation_entry_by_hand() : undefined
			];
		case 'escalation_inbound':
		case 'escalation_answer_entered':
			return [worded(data.lapor_id, (id) => `#${id}`)];
		case 'escalation_task':
			return [worded(data.task, forwardTask), text(data.text)];
		default:
			return [text(data.reason)];
	}
}

function resolvedWord({ outcome, lapor_id, wrong_id }: Data): string {
	if (outcome === 'corrected') return m.escalation_entry_corrected({ id: String(lapor_id), wrong: String(wrong_id) });
	return outcome === 'found' ? m.escalation_entry_found({ id: String(lapor_id) }) : m.escalation_entry_absent();
}

/** LAPOR stored the report more than once. Only LAPOR can close the others. */
const foundTwice = (also: unknown): string | undefined =>
	Array.isArray(also) ? m.escalation_entry_found_twice({ ids: also.map((id) => `#${id}`).join(', ') }) : undefined;

function sentBy(by: unknown): string | undefined {
	if (by === 'person') return m.escalation_entry_by_person();
	if (by === 'inbound') return m.inbound_entry_by();
	return by === 'lookup' ? m.escalation_entry_by_lookup() : undefined;
}
