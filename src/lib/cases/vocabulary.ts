/** Values of cases, accounts and tokens in forms, the API and the database. */

import { DAY_MS } from '#lib/calendar/durations.ts';

export const CASE_KINDS = ['complaint', 'suggestion', 'information_request'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

export const CASE_STATUSES = [
	'received',
	'verified',
	'in_progress',
	'needs_info',
	'answered',
	'closed',
	'archived'
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

export const CATEGORIES = [
	'requirements',
	'procedure',
	'time',
	'cost',
	'product',
	'competence',
	'behaviour',
	'facilities',
	'integrity',
	'other'
] as const;
export type Category = (typeof CATEGORIES)[number];

export const CASE_CLASSES = ['information', 'plain', 'oversight'] as const;
export type CaseClass = (typeof CASE_CLASSES)[number];

export const PRIORITIES = ['low', 'normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What the desk opens after an action, as each person chooses: the next piece of work, the list, or the case again. */
export const AFTER_ACTION = ['next', 'list', 'case'] as const;
export type AfterAction = (typeof AFTER_ACTION)[number];

export const IDENTITIES = ['named', 'withheld', 'none'] as const;
export type Identity = (typeof IDENTITIES)[number];

export const CHANNELS = [
	'qr',
	'web',
	'kiosk',
	'email',
	'whatsapp',
	'sms',
	'box',
	'walk_in',
	'phone',
	'lapor',
	'api'
] as const;
export type Channel = (typeof CHANNELS)[number];

/** Channels of reports that staff enter for a reporter. */
export const DESK_CHANNELS = ['box', 'walk_in', 'phone', 'whatsapp', 'sms', 'email', 'lapor'] as const;

/** Ways in which the office and a reporter communicate outside the site. */
export const CONTACT_WAYS = ['whatsapp', 'phone', 'sms', 'email', 'visit', 'letter'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];

/** Kinds of records that staff may enter for a reporter. A score or a closing is never recorded. */
export const RECORD_KINDS = ['answer', 'objection', 'contact', 'unreached'] as const;
export const SERVICE_KINDS = ['library', 'consultation', 'product_sales', 'recommendation', 'other'] as const;
export type ServiceKind = (typeof SERVICE_KINDS)[number];

export const ARCHIVE_REASONS = [
	'duplicate',
	'out_of_scope',
	'incomplete',
	'spam',
	'other_authority',
	'information_request',
	'withdrawn'
] as const;
export type ArchiveReason = (typeof ARCHIVE_REASONS)[number];

export const CLOCK_NAMES = [
	'verification',
	'first_reply',
	'solution',
	'response_by_law',
	'decision_by_law',
	'reporter_turn'
] as const;
export type ClockName = (typeof CLOCK_NAMES)[number];

export const ESCALATION_STATES = ['waiting', 'sending', 'sent', 'unknown', 'rejected', 'stuck', 'closed'] as const;
export type EscalationState = (typeof ESCALATION_STATES)[number];
export type EscalationMode = 'manual' | 'api';
export const ESCALATION_PURPOSES = ['record', 'transfer'] as const;
export type EscalationPurpose = (typeof ESCALATION_PURPOSES)[number];

export type TimelineType =
	| 'opened'
	| 'verified'
	| 'assigned'
	| 'message'
	| 'note'
	| 'info_requested'
	| 'info_given'
	| 'answer_drafted'
	| 'answer_sent_back'
	| 'answer_withdrawn'
	| 'answered'
	| 'rated'
	| 'disputed'
	| 'closed'
	| 'archived'
	| 'reopened'
	| 'classified'
	| 'moved'
	| 'split'
	| 'linked'
	| 'revealed'
	| 'officers_changed'
	| 'clarification_asked'
	| 'clarification_given'
	| 'clarification_withdrawn'
	| 'sealed_print'
	| 'contacted'
	| 'contact_tried'
	| 'contact_changed'
	| 'attached'
	| 'archive_drafted'
	| 'archive_sent_back'
	| 'archive_withdrawn'
	| 'objected'
	| 'objection_declined'
	| 'receipt_linked'
	| 'receipt_renewed'
	| 'copy_downloaded'
	| 'undelivered'
	| 'data_requested'
	| 'data_decided'
	| 'data_corrected'
	| 'restriction_lifted'
	| 'retention_held'
	| 'retention_released'
	| `escalation_${string}`
	| `clock_${string}`
	| 'calendar_changed';

export const ROLES = ['handler', 'supervisor', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Acting head: daily (pelaksana harian) or for a vacant post (pelaksana tugas). */
export const ACTING = ['plh', 'plt'] as const;
export type Acting = (typeof ACTING)[number];
/** Roles of acting heads. Not `admin`: acting roles expire, so an office could lose its last administrator. */
export const ACTING_ROLES = ['supervisor', 'handler', 'manager'] as const satisfies Role[];

export const SCOPES = [
	'ratings:write',
	'visits:write',
	'cases:write',
	'cases:read',
	'cases:handle',
	'escalations:read',
	'escalations:write',
	'insight:read',
	'directory:read',
	'tokens:write'
] as const;
export type Scope = (typeof SCOPES)[number];

/** The Ombudsman accepts reports up to two years old. An earlier time of arrival is a typing error or a wrong clock. */
export const OLDEST_REPORT_MS = 2 * 366 * DAY_MS;
