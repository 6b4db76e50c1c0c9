import type { Mark } from '#lib/server/escalation/redaction.ts';
import type { ReasonCode } from '#lib/server/escalation/reason.ts';
import type { Task } from '#lib/server/escalation/tasks.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Words } from '#lib/ui/words.ts';

/* Why a forward stands where it stands, in words for the handler. Every code has its own: one without does not compile. */

const reasons: Words<ReasonCode> = {
	dns: m.escalation_reason_dns,
	refused: m.escalation_reason_refused,
	connect_timeout: m.escalation_reason_connect_timeout,
	connect_reset: m.escalation_reason_connect_reset,
	tls: m.escalation_reason_tls,
	unreachable: m.escalation_reason_unreachable,
	connect_failed: m.escalation_reason_connect_failed,
	not_built: m.escalation_reason_not_built,
	rate_limited: m.escalation_reason_rate_limited,
	busy: m.escalation_reason_busy,
	own_validation: m.escalation_reason_own_validation,
	circuit_open: m.escalation_reason_circuit_open,
	connection_halted: m.escalation_reason_connection_halted,
	photos_not_uploaded: m.escalation_reason_photos_not_uploaded,
	lease_lost_before_create: m.escalation_reason_lease_lost_before_create,
	refused_fields: m.escalation_reason_refused_fields,
	refused_conflict: m.escalation_reason_refused_conflict,
	refused_too_large: m.escalation_reason_refused_too_large,
	refused_media_type: m.escalation_reason_refused_media_type,
	refused_other: m.escalation_reason_refused_other,
	unauthorised: m.escalation_reason_unauthorised,
	forbidden: m.escalation_reason_forbidden,
	wrong_address: m.escalation_reason_wrong_address,
	method_not_allowed: m.escalation_reason_method_not_allowed,
	redirected: m.escalation_reason_redirected,
	refused_without_reason: m.escalation_reason_refused_without_reason,
	timeout: m.escalation_reason_timeout,
	reset: m.escalation_reason_reset,
	broken_answer: m.escalation_reason_broken_answer,
	answer_too_large: m.escalation_reason_answer_too_large,
	request_timeout: m.escalation_reason_request_timeout,
	server_error: m.escalation_reason_server_error,
	unavailable: m.escalation_reason_unavailable,
	no_readable_id: m.escalation_reason_no_readable_id,
	reference_exists: m.escalation_reason_reference_exists,
	lease_lost_after_create: m.escalation_reason_lease_lost_after_create,
	gone: m.escalation_reason_gone,
	unreadable: m.escalation_reason_unreadable
};

const tasks: Words<Task> = {
	finished: m.escalation_task_finished,
	refused: m.escalation_task_refused,
	archived: m.escalation_task_archived,
	postponed: m.escalation_task_postponed,
	status_unmapped: m.escalation_task_status_unmapped,
	gone: m.escalation_task_gone,
	followup_failed: m.escalation_task_followup_failed,
	followup_unknown: m.escalation_task_followup_unknown
};

const marks: Words<Mark['kind']> = {
	name: m.escalation_mark_name,
	phone: m.escalation_mark_phone,
	email: m.escalation_mark_email,
	nik: m.escalation_mark_nik,
	address: m.escalation_mark_address
};

/** The plain reason for a code of a row; the code itself where a newer version wrote one that is not known here. */
export const forwardReason = (code: string): string =>
	Object.hasOwn(reasons, code) ? reasons[code as ReasonCode]() : code;

/** What a task asks of the handler. */
export const forwardTask = (code: string): string => (Object.hasOwn(tasks, code) ? tasks[code as Task]() : code);

/** What kind of personal data was taken out of a text. */
export const markWord = (kind: Mark['kind']): string => marks[kind]();
